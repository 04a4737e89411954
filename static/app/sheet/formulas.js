// Computed cells follow as one types, also while the server is away. The same rules as in sectors/calculation; what
// `data` is stands in sectors/entry/page_formulas.py.
import { isLess, isZero, minus, negative, over, plus, printed, read, times, ZERO } from "./decimals.js";
import { saysNotApplicable } from "./not_applicable.js";
import { halfWidth, joined, squeezed } from "./numerals.js";
import { withoutDay, withoutQualifier } from "./qualifiers.js";

const NUMBER = /^([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/;
const MOST_DIGITS = 14;

// What was typed: a number, `isAbout` where it is qualified, "n/a", null for a blank cell; undefined where the server
// would refuse it.
export function parse(text, [units, decimals, least = null, most = null]) {
  if (!squeezed(text)) return null;
  if (saysNotApplicable(squeezed(text))) return "n/a";
  const plain = joined(text);
  if (plain === undefined) return undefined;
  const named = units.map(halfWidth);
  const { text: number, isQualified } = withoutQualifier(withoutDay(plain), named);
  const [, digits, given] = /^([+-]?[\d,.]+)(.*)$/.exec(number) ?? ["", number, ""];
  const [, sign, whole, fraction = ""] = NUMBER.exec(digits) ?? [];
  if (whole === undefined || (given && !named.includes(given))) return undefined;
  const beyond = isQualified ? fraction.slice(decimals) : fraction.slice(decimals).replace(/^0+$/, "");
  const plainWhole = whole.replaceAll(",", "");
  if (plainWhole.replace(/^0+/, "").length > MOST_DIGITS || beyond) return undefined;
  const value = read(`${sign === "-" ? "-" : ""}${plainWhole}.${fraction || "0"}`);
  if ((least !== null && isLess(value, read(least))) || (most !== null && isLess(read(most), value))) return undefined;
  return isQualified ? { ...value, isAbout: true } : value;
}

const BOTH = {
  "+": plus,
  "-": minus,
  "*": times,
  "/": (a, b) => (isZero(b) ? null : over(a, b)),
  min: (a, b) => (isLess(b, a) ? b : a),
  max: (a, b) => (isLess(a, b) ? b : a),
};
// What a formula makes beyond that is no figure any more.
const LARGEST = read(`1${"0".repeat(20)}`);
const withinLimits = (a) => (a && isLess(a, LARGEST) && isLess(negative(LARGEST), a) ? a : null);
const ONE = { neg: negative, abs: (a) => (isLess(a, ZERO) ? negative(a) : a) };

// `entered(code)` gives what `parse` gives of an entered cell, undefined where the page has none with this code.
// Returns text(code) of a computed cell.
export function evaluator(data, entered) {
  const values = new Map();
  const scale = (code) => read(data.scales[code] ?? "1");
  const known = (name) => [undefined, null, "n/a"].includes(data.known[name]) ? null : read(data.known[name]);
  const isAbsent = (code) => (data.known[code] ?? entered(code)) === "n/a";

  function base(code) {
    if (values.has(code)) return values.get(code);
    values.set(code, null); // stands while a circle is being read
    values.set(code, code in data.formulas ? withinLimits(evaluate(data.formulas[code])) : stored(code));
    return values.get(code);
  }

  function stored(code) {
    const cell = entered(code);
    if (cell === undefined) return known(code);
    return cell === null || cell === "n/a" ? null : times(cell, scale(code));
  }

  function evaluate(tree) {
    if (typeof tree === "string") return /^[a-z]/.test(tree) ? base(tree) : read(tree);
    const [sign, ...operands] = tree;
    if (sign === "at") return known(operands.join(" "));
    const found = operands.map((one) => (sign === "sum" && isAbsent(one) ? ZERO : evaluate(one)));
    if (found.includes(null)) return null;
    if (sign in ONE) return ONE[sign](found[0]);
    return sign === "sum" ? found.reduce(plus, ZERO) : found.reduce(BOTH[sign]);
  }

  // The text of a computed cell; empty where something is missing.
  return (code) => {
    const found = base(code);
    const [decimals, even] = data.cells[code];
    return found === null ? "" : printed(over(found, scale(code)), decimals, even);
  };
}

// By code of an entered cell: the computed cells that read it, directly or through others.
export function dependents(data) {
  const found = new Map();
  const codesIn = (tree) => {
    if (typeof tree === "string") return [tree];
    return tree[0] === "at" ? [] : tree.slice(1).flatMap(codesIn);
  };
  const follow = (code, seen = new Set()) => {
    for (const one of codesIn(data.formulas[code] ?? "")) if (!seen.has(one)) follow(one, seen.add(one));
    return seen;
  };
  for (const code of Object.keys(data.cells)) {
    for (const one of follow(code)) found.set(one, [...found.get(one) ?? [], code]);
  }
  return found;
}

// Keeps the computed cells of a sheet up to date. A value that the server has not confirmed is marked as provisional.
// `cellOf(code)` gives a field or a computed cell, `states` what is known of an entered one: waiting, saving ...
export function computedCells(data, cellOf) {
  const reading = dependents(data);
  const inputs = new Map();
  for (const [code, cells] of reading) for (const cell of cells) inputs.set(cell, [...inputs.get(cell) ?? [], code]);
  const confirmed = new Map();
  const changed = new Set();
  const stateOf = (field) => field.closest("td")?.dataset.state;
  const isField = (place) => !!place?.matches("input");
  const isOpen = (code) => isField(cellOf(code)) && ["waiting", "saving"].includes(stateOf(cellOf(code)));
  const kind = (code) => data.kinds[code] ?? data.kind;

  // What the server will go on with: what was typed, or what stands there where it would not take that.
  function entered(code) {
    const field = cellOf(code);
    if (!isField(field)) return undefined;
    const stored = parse(field.dataset.seen ?? field.defaultValue, kind(code)) ?? null;
    if (["invalid", "conflict"].includes(stateOf(field))) return stored;
    const now = parse(field.value, kind(code));
    return now === undefined ? stored : now;
  }

  function show() {
    const text = evaluator(data, entered);
    for (const code of changed) {
      const place = cellOf(code);
      const value = place?.querySelector(".value");
      const provisional = inputs.get(code).some(isOpen);
      if (!value) continue;
      if (provisional && !confirmed.has(code)) confirmed.set(code, value.textContent);
      const isAbout = data.about.includes(code) || inputs.get(code).some((one) => entered(one)?.isAbout);
      // Which bound it is, the server says.
      if (provisional) value.textContent = text(code) ? (isAbout ? "约" : "") + text(code) : "–";
      else if (confirmed.has(code)) value.textContent = confirmed.get(code);
      if (!provisional) confirmed.delete(code);
      place.classList.toggle("provisional", provisional);
    }
    changed.clear();
  }

  return {
    // Something changed in a field: its text, or what has become of it.
    touched(field) {
      const cells = reading.get(field.dataset.code) ?? [];
      if (cells.length && !changed.size) queueMicrotask(show);
      for (const code of cells) changed.add(code);
    },
    // The server's word on a computed cell.
    confirmed(code, text) {
      if (confirmed.has(code)) confirmed.set(code, text);
    },
  };
}
