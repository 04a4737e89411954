// `=3+4` typed into a cell becomes 7 before it is stored: sums, differences, products and quotients of plain numbers,
// with brackets. Exact: numbers are counted in units of their last decimal, not in binary fractions.
// A comma groups thousands.
const TOKEN = /\s*(?:((?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)\.?\d*|\.\d+)|([-+*/()]))/y;
const FULL_WIDTH = { "＝": "=", "＋": "+", "－": "-", "×": "*", "＊": "*", "÷": "/", "／": "/", "（": "(", "）": ")" };
const MOST_PLACES = 12; // of a quotient that does not end

const plain = (text) =>
  text.trim().replace(/[＝＋－×＊÷／（）]/g, (sign) => FULL_WIDTH[sign]).replace(
    /[０-９]/g,
    (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0),
  ).replaceAll("．", ".");

export const isArithmetic = (text) => plain(text).startsWith("=");

// A number as [numerator, denominator], both whole.
function numberOf(text) {
  const [whole, rest = ""] = text.replaceAll(",", "").split(".");
  return [BigInt(whole + rest || "0"), 10n ** BigInt(rest.length)];
}

const OPERATIONS = {
  "+": ([a, b], [c, d]) => [a * d + c * b, b * d],
  "-": ([a, b], [c, d]) => [a * d - c * b, b * d],
  "*": ([a, b], [c, d]) => [a * c, b * d],
  "/": ([a, b], [c, d]) => (c === 0n ? null : [a * d, b * c]),
};

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return null;
    found.push(match[1] === undefined ? match[2] : numberOf(match[1]));
    if (!text.slice(TOKEN.lastIndex).trim()) break;
  }
  return found;
}

// Each takes the tokens that are left, and gives a number or null.
function sum(left) {
  return chain(left, ["+", "-"], product);
}

function product(left) {
  return chain(left, ["*", "/"], operand);
}

function chain(left, signs, part) {
  let value = part(left);
  while (value && signs.includes(left[0])) {
    const sign = left.shift();
    const other = part(left);
    value = other && OPERATIONS[sign](value, other);
  }
  return value;
}

function operand(left) {
  const first = left.shift();
  if (Array.isArray(first)) return first;
  if (first === "-" || first === "+") {
    const value = operand(left);
    return value && (first === "-" ? [-value[0], value[1]] : value);
  }
  if (first !== "(") return null;
  const value = sum(left);
  return left.shift() === ")" ? value : null;
}

function written([numerator, denominator]) {
  const isNegative = (numerator < 0n) !== (denominator < 0n);
  const [over, under] = [numerator, denominator].map((one) => (one < 0n ? -one : one));
  const scale = 10n ** BigInt(MOST_PLACES);
  const rounded = (over * scale * 2n + under) / (under * 2n);
  const digits = `${rounded}`.padStart(MOST_PLACES + 1, "0");
  const decimals = digits.slice(-MOST_PLACES).replace(/0+$/, "");
  const text = digits.slice(0, -MOST_PLACES) + (decimals && `.${decimals}`);
  return isNegative && rounded ? `-${text}` : text;
}

// What `=…` comes to, as text; null where it is no such sum.
export function computed(text) {
  const left = isArithmetic(text) ? tokens(plain(text).slice(1)) : null;
  if (!left?.length) return null;
  const value = sum(left);
  return value && !left.length ? written(value) : null;
}
