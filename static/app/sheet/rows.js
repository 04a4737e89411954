// Open tables: rows that the department adds. Their cells save themselves as all others do; a row goes when all of it
// is empty. Spare rows are there already, out of sight.
import { byId, form, words } from "./page.js";

const rowOf = (field) => field.closest("tr");
const fieldsOf = (row) => [...row.querySelectorAll("input[data-row]")];

// What is typed or pasted into a row out of sight is seen, and there is always an empty one below.
export function showRow(field) {
  if (!("row" in field.dataset)) return;
  const row = rowOf(field);
  const following = row.nextElementSibling;
  row.hidden = false;
  if (following && fieldsOf(row).some((one) => one.value)) following.hidden = false;
}

// A figure that is made of rows is not typed; without rows it is. `cell` is what the server says of it.
export function showMade(field, cell) {
  if (cell.rows === undefined || !field.matches("input")) return;
  const wasMade = field.readOnly;
  if (!cell.rows && !wasMade) return;
  field.value = cell.text;
  field.defaultValue = cell.text;
  delete field.dataset.seen;
  field.readOnly = cell.rows > 0;
  field.closest("td").dataset.state = cell.rows ? "made" : "";
}

export function openRows(fill) {
  form.addEventListener("click", ({ target }) => {
    const remove = target.closest(".remove-row");
    if (remove) {
      const filled = fieldsOf(rowOf(remove)).filter((field) => field.value);
      if (filled.length) fill(filled.map((field) => [field, ""]), words.rowRemoved);
      fieldsOf(rowOf(remove))[0].focus();
    }
    if (target.closest(".add-row")) addRow(target.closest(".row-tools"));
  });
}

function addRow(tools) {
  let table = tools.previousElementSibling;
  while (!table.querySelector("table.open-rows")) table = table.previousElementSibling;
  const rows = [...table.querySelectorAll("tbody tr")];
  const blank = rows.filter((row) => fieldsOf(row).every((field) => !field.value));
  const row = blank.find((one) => one.hidden) ?? blank[0];
  if (!row) { // all that the page has are used: with the page come others
    byId("saving").textContent = words.moreRows;
    return;
  }
  row.hidden = false;
  fieldsOf(row)[0].focus();
}
