// Several cells of a table at once: Shift with an arrow or a click marks a range, Ctrl+C copies it as spreadsheets do,
// Ctrl+D fills it down from its first row, Delete empties it.
import { cells, form, words } from "./page.js";

const place = (field) => {
  const cell = field.closest("td");
  const rows = [...cell.closest("tbody").rows];
  return { table: cell.closest("table"), row: rows.indexOf(cell.parentElement), column: cell.cellIndex };
};
const cellAt = (table, row, column) => table.tBodies[0].rows[row]?.cells[column];
const fieldOf = (cell) => cell?.querySelector("input[data-code]") ?? null;
const textOf = (cell) => fieldOf(cell)?.value ?? cell?.querySelector(".value")?.textContent ?? cell?.textContent ?? "";
const between = (one, other) => {
  const [first, last] = one < other ? [one, other] : [other, one];
  return Array.from({ length: last - first + 1 }, (_one, n) => first + n);
};

let anchor = null; // fields
let end = null;

function range() {
  if (!anchor || !end) return [];
  const [from, to] = [place(anchor), place(end)];
  if (from.table !== to.table) return [];
  return between(from.row, to.row).map((row) =>
    between(from.column, to.column).map((column) => cellAt(from.table, row, column))
  );
}

function show() {
  for (const cell of form.querySelectorAll("td.chosen")) cell.classList.remove("chosen");
  const rows = range();
  if (rows.flat().length < 2) return;
  for (const cell of rows.flat()) cell?.classList.add("chosen");
}

function clear() {
  [anchor, end] = [null, null];
  show();
}

// The next field from the end of the range, in its table.
function beyond(key) {
  const { table, row, column } = place(end);
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  const [down, right] = steps[key];
  for (let [r, c] = [row + down, column + right]; cellAt(table, r, c); [r, c] = [r + down, c + right]) {
    const field = fieldOf(cellAt(table, r, c));
    if (field) return field;
  }
  return end;
}

const isOpen = (field) => field && !field.readOnly;

// Each column is filled with what stands in its first row.
function filledDown() {
  const [first, ...others] = range();
  return others.flatMap((row) =>
    row.map((cell, n) => [fieldOf(cell), textOf(first[n])]).filter(([field], n) => isOpen(field) && fieldOf(first[n]))
  );
}

// Without a range the cell above fills the one that has the keys.
function filledFromAbove(field) {
  const { table, row, column } = place(field);
  const above = fieldOf(cellAt(table, row - 1, column));
  return above && isOpen(field) ? [[field, above.value]] : [];
}

export function selectRanges(fill) {
  const isWhole = (field) => field.selectionStart === 0 && field.selectionEnd === field.value.length;
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!cells.includes(field) || event.isComposing || event.altKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.shiftKey && !isCommand && event.key.startsWith("Arrow") && (isWhole(field) || anchor)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      [anchor, end] = [anchor ?? field, end ?? field];
      end = beyond(event.key);
      show();
      end.closest("td").scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (isCommand && event.key.toLowerCase() === "d") {
      event.preventDefault();
      const steps = range().length > 1 ? filledDown() : filledFromAbove(field);
      if (steps.length) fill(steps, words.filledDown);
    } else if (event.key === "Delete" && range().flat().length > 1) {
      event.preventDefault();
      fill(range().flat().map(fieldOf).filter(isOpen).map((one) => [one, ""]), words.emptied);
    } else if (event.key === "Escape" && anchor) {
      event.stopImmediatePropagation();
      clear();
    } else if (anchor && !isCommand && event.key !== "Shift") clear();
  }, true);
  form.addEventListener("mousedown", (event) => {
    const field = fieldOf(event.target.closest("td"));
    const from = anchor ?? (cells.includes(document.activeElement) ? document.activeElement : null);
    if (!event.shiftKey || !field || !from) {
      if (anchor) clear();
      return;
    }
    event.preventDefault();
    [anchor, end] = [from, field];
    show();
  });
  form.addEventListener("copy", (event) => {
    const rows = range();
    if (rows.flat().length < 2) return;
    event.preventDefault();
    const quoted = (text) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const text = rows.map((row) => row.map((cell) => quoted(textOf(cell).trim())).join("\t")).join("\r\n");
    event.clipboardData.setData("text/plain", text);
  });
}
