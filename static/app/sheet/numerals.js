// What people and spreadsheets write for a number, read as sectors/calculation/numerals.py does;
// tests/data/numerals.json has what both must read.
const INVISIBLE =
  /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]/g;
const HALF_WIDTH = /[\uff01-\uff5e\u2212]/g;
const BREAK = /[\n\r\t\u0085\u2028\u2029]/;
const GROUPS = /(?<![\d.,])(?<![\d.,]\s)\d{1,3}(?:\s\d{3})+(?!\s?[\d,])/g;
const APART = /\d[.,]?\s+[.,]?\d|[+-]\s+\d/;
const EXPONENT = /^[+-]?\d[\d.,]*(?:[eE][+-]?\d+|[×xX*]10(?:\^|\*\*|[⁰¹²³⁴-⁹⁻]))/;

// In half-width characters, without what nobody sees and without blanks at its ends.
export const halfWidth = (text) =>
  text.replace(INVISIBLE, "").replace(
    HALF_WIDTH,
    (one) => (one === "\u2212" ? "-" : String.fromCharCode(one.charCodeAt(0) - 0xfee0)),
  ).trim();
export const squeezed = (text) => halfWidth(text).replace(/\s/g, "");

// A number with what belongs to it; undefined where blanks or line ends may part two numbers, or digits are missing.
export function joined(text) {
  const plain = halfWidth(text);
  const grouped = plain.replace(GROUPS, (found) => found.replace(/\s/g, ""));
  const number = grouped.replace(/\s/g, "");
  return BREAK.test(plain) || APART.test(grouped) || EXPONENT.test(number) ? undefined : number;
}
