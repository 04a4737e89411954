// A block copied from a spreadsheet fills cells from the one in which it is pasted.
import { saysNotApplicable } from "./not_applicable.js";

const squeeze = (text) => text.replace(/[\s,，]/g, "");

// Tab-separated text as spreadsheets put it on the clipboard; a cell with a line break or a quote is in quotes.
export function parseBlock(text) {
  const rows = [[]];
  const cell = /\t|\r?\n|"((?:[^"]|"")*)"(?=\t|\r?\n|$)|([^\t\r\n]+)/g;
  let open = "";
  for (const found of text.replace(/\r?\n$/, "").matchAll(cell)) {
    if (found[0] === "\t") {
      rows.at(-1).push(open);
      open = "";
    } else if (found[0] === "\n" || found[0] === "\r\n") {
      rows.at(-1).push(open);
      open = "";
      rows.push([]);
    } else open = found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2];
  }
  rows.at(-1).push(open);
  return rows.map((row) => row.map((one) => one.trim()));
}

const nameOf = (row) => squeeze(row.dataset.name);
// Heads of rows and columns that were copied along, dashes for nothing: no figure, however it is read.
const plain = (text) => squeeze(text.normalize("NFKC"));
const isWords = (text) => text && !/\d/.test(plain(text)) && !saysNotApplicable(plain(text));
const isNumber = (text) => /^[-+]?[\d.]+%?$/.test(plain(text));

// One step for each pasted cell: {text, row, column, field, why}. `why` says why it goes nowhere: computed, locked,
// outside, words, or same.
export function plan(block, field) {
  const start = field.closest("td");
  const table = start.closest("table");
  const rows = [...table.tBodies[0].rows];
  const width = table.classList.contains("listing") ? 2 : Infinity;
  const named = block.some((row) =>
    row.length > 1 && row[0] && !isNumber(row[0]) && rows.some((one) => nameOf(one) === squeeze(row[0]))
  );
  const steps = [];
  block.forEach((texts, down) => {
    const row = named
      ? rows.find((one) => nameOf(one) === squeeze(texts[0]))
      : rows[rows.indexOf(start.parentElement) + down];
    const values = named ? texts.slice(1) : texts;
    values.forEach((text, right) => {
      const column = (named ? 1 : start.cellIndex) + right;
      const cell = column < width ? row?.cells[column] : undefined;
      const target = cell?.querySelector("input[data-code]");
      const step = { text, row, column, field: target, why: "" };
      if (cell?.classList.contains("computed")) {
        step.why = squeeze(cell.querySelector(".value").textContent) === squeeze(text) ? "same" : "computed";
      } else if (!target) step.why = text ? "outside" : "same";
      else if (target.readOnly) step.why = "locked";
      else if (isWords(text)) step.why = "words";
      steps.push(step);
    });
  });
  return { steps, fits: !named && steps.every((step) => !step.why || step.why === "same") };
}
