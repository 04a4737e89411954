// What says that a number is not exact, or of an earlier day: 120余, 95以上, 约30, 0（截至10月19日）. The page brings the words.
const { qualifiersBefore, qualifiersAfter } = document.getElementById("words").dataset;
const oneOf = (words) => words.split(" ").sort((a, b) => b.length - a.length).join("|");
const AFTER = oneOf(qualifiersAfter);
const QUALIFIED = new RegExp(`^(${oneOf(qualifiersBefore)})?([+-]?[\\d,.]+)(.*)$`, "s");
const LEADING = new RegExp(`^(${AFTER})`);
const TRAILING = new RegExp(`(${AFTER})$`);
const SINCE = "截[至止]到?";
const MONTH = "(?:\\d{4}[年/.-])?\\d{1,2}";
const DAY_FIRST = new RegExp(`^${SINCE}${MONTH}(?:[月/.-]\\d{1,2}(?:日[,:、]?|[,:、])|月[底末][,:、]?)(?=.)`);
const DAY = `${SINCE}${MONTH}(?:[月/.-]\\d{1,2}日?|月[底末]?)`;
const DAY_LAST = new RegExp(`(?<=.)(?:\\(${DAY}\\)|${DAY})$`);

export const withoutDay = (plain) => plain.replace(DAY_FIRST, "").replace(DAY_LAST, "");

// `plain` is in half-width characters and without blanks; {text, isQualified}: the number with what follows it.
export function withoutQualifier(plain, units) {
  const [, before, number, rest] = QUALIFIED.exec(plain) ?? [];
  if (number === undefined) return { text: plain, isQualified: false };
  const [, after] = units.includes(rest) ? [] : (LEADING.exec(rest) ?? TRAILING.exec(rest) ?? []);
  if (before && after) return { text: plain, isQualified: true };
  const unit = after && rest.startsWith(after)
    ? rest.slice(after.length)
    : rest.slice(0, rest.length - (after ?? "").length);
  return { text: number + unit, isQualified: !!(before || after) };
}

// The day that a text names, as `2026-10-19`; `year` is the period's.
export function dayOf(text, year) {
  const [, ofYear = year, month, date] = /截至(?:(\d{4})年)?(\d+)月(\d+)日/.exec(text) ?? [];
  return month ? [ofYear, month.padStart(2, "0"), date.padStart(2, "0")].join("-") : "";
}

// The text of a cell with another day; none where `day` is empty, as `2026-10-19`.
export function asOf(text, day) {
  const number = withoutDay(text.replaceAll("（", "(").replaceAll("）", ")").replace(/\s/g, ""));
  const [year, month, date] = day.split("-").map(Number);
  return day ? `${number}（截至${year}年${month}月${date}日）` : number;
}
