// What every part of the sheet's page needs: its form, its cells, its words.
export const byId = (id) => document.getElementById(id);
export const form = byId("sheet");
export const words = byId("words").dataset;
export const cells = [...form.querySelectorAll("td.entry input")];
// Those of the sheet itself: of rows that a department adds there is no telling how many are to be filled.
export const ownCells = cells.filter((field) => !("row" in field.dataset));
export const blankCells = () => ownCells.filter((field) => !field.value.trim());

// The field of an entered cell, the box of a computed one.
export const cellOf = (code) => byId(`cell-${code.replaceAll(/[./]/g, "-")}`);
export const boxOf = (field) => field.closest("td") ?? field.parentElement;
export const nameOf = (field) => field.getAttribute("aria-label") ?? field.labels[0].firstChild.textContent.trim();
export const make = (tag, text, rest = {}) =>
  Object.assign(document.createElement(tag), { textContent: text, ...rest });

// Fields whose text the server did not store.
export const NOT_STORED = "[aria-invalid=true], [data-state=conflict] input, [data-state=conflict] textarea";
