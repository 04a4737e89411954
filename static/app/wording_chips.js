// A wording with names in place of code: what stands in braces is a chip that says in words what it prints. The textarea
// is kept in step with it, and can be shown instead.
import { enrich, insert, placeCaret } from "./report/field.js";

const CODE = /\{\{.*?\}\}|\{%.*?%\}/g;
const CALL = /(\w+)\(\s*((?:'[^']*'\s*,?\s*)+)\)/g;

// `words` says what is told of a function or a keyword, %s for the names that it is about.
const labels = (words, names) => {
  const named = (quoted) => [...quoted.matchAll(/'([^']*)'/g)].map(([, code]) => names[code] ?? code).join(words.comma);
  const told = (name, rest) => (words[name] ? words[name].replace("%s", rest) : `${name} ${rest}`.trim());
  const read = (text) =>
    text.replace(CALL, (call, name, quoted) => words[name] ? told(name, named(quoted)) : call)
      .replace(/ (and|or) /g, (_gap, name) => ` ${words[name]} `).replace(/\bnot /g, `${words.not} `)
      .replace(/\b(year|region|span|whole)\b/g, (name) => words[name] ?? name)
      .replaceAll("==", "=").replaceAll("!=", "≠").replaceAll(">=", "≥").replaceAll("<=", "≤");
  return (code) => {
    const inner = code.slice(2, -2).replace(/^-|-$/g, "").trim();
    if (code.startsWith("{{")) return read(inner);
    const [, keyword, rest] = inner.match(/^(\w+)\s*(.*)$/) ?? [null, inner, ""];
    return told(keyword, read(rest));
  };
};

const chip = (code, label) => {
  const made = document.createElement("span");
  made.className = code.startsWith("{{") ? "chip" : "chip logic";
  made.contentEditable = "false";
  made.dataset.source = code;
  made.title = code;
  made.textContent = label;
  return made;
};

// The lines of what stands in an element as a wording is stored.
const source = (node) =>
  node.nodeType === Node.TEXT_NODE
    ? node.data.replaceAll("\u00a0", " ")
    : node.dataset?.source ?? [...node.childNodes].map(source).join("");
const lines = (rich) => [...rich.children].map(source);

export const chips = (field, words, names, onInput) => {
  const label = labels(words, names);
  const nodes = (text) => {
    const made = document.createDocumentFragment();
    let end = 0;
    for (const match of text.matchAll(CODE)) {
      made.append(text.slice(end, match.index), chip(match[0], label(match[0])));
      end = match.index + match[0].length;
    }
    made.append(text.slice(end));
    made.normalize();
    return made;
  };
  const width = (text) => text.replace(CODE, "x").length;
  const isCode = (node) => node.nodeType === Node.TEXT_NODE && node.data.search(CODE) >= 0;

  // Code that was typed becomes a chip once its braces are closed.
  const settle = () => {
    const { focusNode, focusOffset } = getSelection();
    const place = [...rich.children].findIndex((one) => one.contains(focusNode));
    const within = rich.children[place];
    if (!within || ![...within.childNodes].some(isCode)) return;
    const before = document.createRange();
    before.setStart(within, 0);
    before.setEnd(focusNode, focusOffset);
    const said = source(before.cloneContents());
    within.replaceChildren(nodes(source(within)));
    placeCaret(rich, place, width(said));
  };
  const { rich, renew } = enrich(field, () => {
    settle();
    onInput();
  }, { nodes, lines });

  let caret = null; // the selection leaves the field for the search of figures
  document.addEventListener("selectionchange", () => {
    const { focusNode, rangeCount } = getSelection();
    if (rangeCount && rich.contains(focusNode)) caret = getSelection().getRangeAt(0).cloneRange();
  });
  const back = () => {
    rich.focus();
    if (!caret || !rich.contains(caret.startContainer)) return;
    getSelection().removeAllRanges();
    getSelection().addRange(caret);
  };

  // What is copied is the code, so that it can be pasted into another wording.
  const copy = (event) => {
    if (getSelection().isCollapsed || field.hidden === false) return;
    const copied = document.createElement("div");
    copied.append(getSelection().getRangeAt(0).cloneContents());
    const text = copied.querySelector("p") ? lines(copied).join("\n") : source(copied);
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "cut") insert(rich, [[]]);
  };
  const paste = (event) => {
    if (field.hidden === false) return;
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    if (text) insert(rich, text.split("\n").map((line) => [...nodes(line).childNodes]));
  };
  for (const name of ["copy", "cut"]) rich.parentElement.addEventListener(name, copy, true);
  rich.parentElement.addEventListener("paste", paste, true);

  return {
    rich,
    insert: (code) => {
      back();
      insert(rich, [[chip(code, label(code))]]);
    },
    // Whether names or the code stand on the page.
    show: (asNames) => {
      if (asNames) renew();
      rich.hidden = !asNames;
      field.hidden = asNames;
      (asNames ? rich : field).focus();
    },
  };
};
