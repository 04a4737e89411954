// A copied form finds its rows by their names, in whatever column these stand, and its columns by their heads.
import { saysNotApplicable } from "./not_applicable.js";
import { squeezed } from "./numerals.js";
import { words } from "./page.js";

// Without the star of what is required, and without what stands below the name.
const tidy = (text) => squeezed(text.trim().split(/[\r\n]/)[0]).replace(/[*,]/g, "");
const COMPARED = words.compared.split("|").map(tidy);
const isNumber = (text) => /^[-+]?[\d.,]+%?$/.test(squeezed(text));
const isFigure = (text) => /\d/.test(squeezed(text)) || saysNotApplicable(squeezed(text));
const isFilled = (text) => text !== "";
const rowsOf = (table) => [...table.tBodies[0].rows];
const named = (table, name) => rowsOf(table).filter((row) => tidy(row.dataset.name) === name);
const headsOf = (table) => [...table.tHead.rows[0].cells].map((head) => tidy(head.firstChild.textContent));
const isList = (table) => table.classList.contains("listing");
const captionOf = (table) => tidy(table.caption.textContent);
const unitOf = (row) => tidy((row.querySelector("th .unit")?.textContent ?? "").replace(/[()]/g, ""));

// The column in which most names of rows stand, and how many: {column, count}; -1 where there are none, or nothing
// beside them.
export function columnOfNames(block, tables) {
  const names = new Set(tables.flatMap(rowsOf).map((row) => tidy(row.dataset.name)));
  const counts = [];
  for (const texts of block) {
    if (texts.filter(isFilled).length < 2) continue;
    texts.forEach((text, column) => {
      if (!isNumber(text) && names.has(tidy(text))) counts[column] = (counts[column] ?? 0) + 1;
    });
  }
  const count = Math.max(0, ...counts.filter(Boolean));
  return { column: count ? counts.indexOf(count) : -1, count };
}

// A row of heads: the column of the table for each of the block that has one of its heads.
function columnsBy(texts, table) {
  const heads = headsOf(table);
  const places = texts.map((text) => isFilled(text) ? heads.indexOf(tidy(text), 1) : -1);
  return places.some((place) => place > 0) ? places : null;
}

// Each row of the block with the table that it belongs to, the rows there that bear its name, and its columns.
function* located(block, column, start, tables) {
  let table = start;
  let columns = null;
  let heads = [];
  for (const texts of block) {
    const filled = texts.filter(isFilled);
    const name = tidy(texts[column] ?? "");
    if (!filled.length) continue;
    const captioned = filled.length === 1 && tables.find((one) => captionOf(one) === tidy(filled[0]));
    if (captioned) [table, columns, heads] = [captioned, null, []];
    if (captioned) continue;
    const elsewhere = named(table, name).length ? [] : tables.filter((one) => named(one, name).length);
    if (elsewhere.length === 1) [table, columns] = [elsewhere[0], columnsBy(heads, elsewhere[0])];
    const rows = elsewhere.length > 1 ? elsewhere.flatMap((one) => named(one, name)) : named(table, name);
    if (!rows.length && !filled.some(isNumber)) {
      if (filled.length > 1) [columns, heads] = [columnsBy(texts, table), texts]; // else a name of rows that follow
    } else yield { texts, table, rows, name, columns, heads, isAmbiguous: elsewhere.length > 1 };
  }
}

// Where each text of a row goes: [text, column of the table]; -1 for none. Without heads the values follow the name, and
// their unit, if it stands there.
function placed({ texts, rows, columns, heads }, column) {
  if (columns) {
    const isMeant = (text, n) => isFilled(text) && n !== column && !isCompared(heads[n]);
    const isValue = (text, n) => columns[n] > 0 || (isNumber(text) && n > column);
    return texts.map((text, n) => [text, columns[n] ?? -1, n])
      .filter(([text, , n]) => isMeant(text, n) && isValue(text, n));
  }
  const values = texts.slice(column + 1);
  if (rows[0] && isUnit(values[0] ?? "", rows[0])) values.shift();
  return values.map((text, n) => [text, n + 1]).filter(([text]) => isFilled(text));
}

// Of a list whose figures are known to stand in one column of the block.
const ofColumn = ({ texts }, chosen) => isFilled(texts[chosen] ?? "") ? [[texts[chosen], 1]] : [];

const isCompared = (head = "") => !isFilled(head) || COMPARED.includes(tidy(head));
// Beside the name; of a list also as the department calls it.
function isUnit(text, row) {
  const isWord = /^[\p{L}%]+$/u.test(squeezed(text)) && !saysNotApplicable(squeezed(text));
  return isFilled(text) && (tidy(text) === unitOf(row) || (isWord && isList(row.closest("table"))));
}

// Steps as `plan` gives them; `chosen` is the column of the block that has the figures of lists, if that is known; without what follows from the cell itself.
export function byNames({ block, names: column }, start, tables, chosen) {
  const found = [...located(block, column, start, tables)];
  const alike = (one) => found.filter((other) => other.table === one.table && other.name === one.name);
  return found.flatMap((one) => {
    const same = alike(one);
    const isClear = !one.isAmbiguous && (!one.rows.length || same.length === one.rows.length);
    const row = isClear ? one.rows[same.indexOf(one)] : undefined;
    const isChosen = chosen !== undefined && isList(one.table);
    const values = isChosen ? ofColumn(one, chosen) : placed(one, column);
    const isOpen = !isChosen && !one.columns && values.filter(([text]) => isFigure(text)).length > 1 &&
      (isList(one.table) || one.heads.length);
    const why = !isClear ? "twice" : !row ? "outside" : isOpen ? "several" : "";
    return values.map(([text, place]) => ({ text, row: row ?? one.rows[0], column: place, why }));
  });
}
