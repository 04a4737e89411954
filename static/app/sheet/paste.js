// A block copied from a spreadsheet fills cells: by the names of its rows, or from the cell in which it is pasted.
import { saysNotApplicable } from "./not_applicable.js";
import { squeezed } from "./numerals.js";
import { chosenColumn, columnsOf } from "./paste_layouts.js";
import { byNames, columnOfNames } from "./paste_names.js";

// Tab-separated text as spreadsheets put it on the clipboard, on a Mac with \r alone between rows; a cell with a line
// break or a quote is in quotes.
export function parseBlock(text) {
  const rows = [[]];
  const cell = /\t|\r\n|\r|\n|"((?:[^"]|"")*)"(?=\t|\r|\n|$)|([^\t\r\n]+)/g;
  let open = "";
  for (const found of text.replace(/(?:\r\n|\r|\n)$/, "").matchAll(cell)) {
    if (found[0] === "\t") {
      rows.at(-1).push(open);
      open = "";
    } else if (/^[\r\n]/.test(found[0])) {
      rows.at(-1).push(open);
      open = "";
      rows.push([]);
    } else open = found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2];
  }
  rows.at(-1).push(open);
  return rows.map((row) => row.map((one) => one.trim()));
}

// Heads of rows and columns that were copied along, dashes for nothing: no figure, however it is read.
const isWords = (text) =>
  text && (isTitle(squeezed(text)) || !/\d/.test(squeezed(text))) && !saysNotApplicable(squeezed(text));
// A year or other digits in a sentence, such as the title of the form. A number has a unit and a few words beside it.
const MOST_LETTERS = 6;
const isTitle = (text) =>
  /^\d{4}年/.test(text) || (text.replace(/截至.*日/, "").match(/\p{L}/gu) ?? []).length > MOST_LETTERS;

// From the cell in which the block is pasted to the right and down.
function byPlaces(block, start) {
  const rows = [...start.closest("tbody").rows];
  const first = rows.indexOf(start.parentElement);
  return block.flatMap((texts, down) =>
    texts.map((text, right) => ({ text, row: rows[first + down], column: start.cellIndex + right, why: "" }))
  );
}

// Why a text goes nowhere: computed, locked, outside, words, lines, twice, several, or same; empty where it fits.
function judged(step) {
  const cell = step.column > 0 ? step.row?.cells[step.column] : undefined;
  const field = cell?.querySelector("input[data-code]");
  const judge = () => {
    if (step.why) return step.why;
    if (cell?.classList.contains("computed")) {
      return squeezed(cell.querySelector(".value").textContent) === squeezed(step.text) ? "same" : "computed";
    }
    if (!field) return step.text ? "outside" : "same";
    if (field.readOnly) return "locked";
    // A field would join the lines: 12 and 34 to 1234.
    return /[\r\n]/.test(step.text) ? "lines" : isWords(step.text) && !("words" in field.dataset) ? "words" : "";
  };
  return { ...step, field, why: judge() };
}

// A form whose rows stand in columns.
function transposed(block) {
  const width = Math.max(...block.map((texts) => texts.length));
  return Array.from({ length: width }, (_one, column) => block.map((texts) => texts[column] ?? ""));
}

// What is pasted by names: the block as it is read, the column of names, and how this layout is known again.
function layoutOf(block, tables) {
  const turned = transposed(block);
  const [upright, lying] = [columnOfNames(block, tables), columnOfNames(turned, tables)];
  const [read, names] = lying.count > upright.count ? [turned, lying.column] : [block, upright.column];
  return names < 0 ? null : { block: read, names, ...columnsOf(read, names) };
}

// One step for each pasted cell: {text, row, column, field, why}; `layout` where it goes by names.
export function plan(block, field) {
  const start = field.closest("td");
  const tables = [...field.form.querySelectorAll("table.grid")];
  const layout = layoutOf(block, tables);
  const found = layout ? byNames(layout, start.closest("table"), tables, chosenColumn(layout)) : byPlaces(block, start);
  const steps = found.map(judged);
  return { steps, layout, fits: !layout && steps.every((step) => !step.why || step.why === "same") };
}
