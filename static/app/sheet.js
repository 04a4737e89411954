// Keys of a sheet: Enter and the arrows move as in a spreadsheet, Esc restores. Leaving with unsaved cells asks first.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  const fields = [...form.querySelectorAll("td.entry input")];
  const unsaved = document.getElementById("unsaved");
  let submitting = false;

  const changed = () => [...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue);
  const go = (field) => { if (field) { field.focus(); field.select(); } };

  // The nearest field above or below in the same column, in this table or the next.
  const vertical = (field, step) => {
    const column = field.closest("td").cellIndex;
    for (let i = fields.indexOf(field) + step; fields[i]; i += step) {
      const cell = fields[i].closest("td");
      if (cell.cellIndex === column || cell.closest("table") !== field.closest("table")) return fields[i];
    }
    return null;
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!fields.includes(field) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const moves = {
      Enter: () => vertical(field, event.shiftKey ? -1 : 1),
      ArrowDown: () => vertical(field, 1),
      ArrowUp: () => vertical(field, -1),
      ArrowLeft: () => all && fields[fields.indexOf(field) - 1],
      ArrowRight: () => all && fields[fields.indexOf(field) + 1],
    };
    if (event.key === "Escape") { field.value = field.defaultValue; field.select(); unsaved.hidden = !changed(); return; }
    if (!(event.key in moves)) return;
    const next = moves[event.key]();
    if (next || event.key === "Enter") event.preventDefault();
    go(next);
  });
  form.addEventListener("focusin", (event) => { if (fields.includes(event.target)) event.target.select(); });
  form.addEventListener("input", () => { unsaved.hidden = !changed(); });
  form.addEventListener("submit", () => { submitting = true; });
  window.addEventListener("beforeunload", (event) => { if (!submitting && changed()) event.preventDefault(); });
  // A touch screen would open its keyboard over the sheet.
  const first = window.matchMedia("(pointer: fine)").matches ? fields.find((field) => !field.value) : null;
  go(form.querySelector('[aria-invalid="true"]') || first);
})();
