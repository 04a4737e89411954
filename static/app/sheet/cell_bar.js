// The bar at the foot: the chosen cell in full, also where columns of comparison have no room. From it, or with a click
// on a computed cell, the panel beside the sheet opens with the cell's history and comments.
import { showCounts } from "./counts.js";
import { byId, form, nameOf, words } from "./page.js";
import { asOf, dayOf } from "./qualifiers.js";

const bar = byId("cell-bar");
const panel = byId("cell-panel");
let chosen = null;

export function showBar(field) {
  chosen = field;
  const box = field.closest("td");
  const row = box.parentElement;
  const heads = box.closest("table").tHead.rows[0].cells;
  const compared = [...row.querySelectorAll("td.compare")].map((cell) =>
    `${heads[cell.cellIndex].textContent} ${cell.textContent}`
  );
  bar.querySelector("strong").textContent = nameOf(field);
  if ("words" in field.dataset) field.title = field.value; // it may be longer than the field
  bar.querySelector(".facts-line").textContent = compared.join(" · ") || box.querySelector(".before")?.textContent ||
    "";
  const course = box.querySelector(".spark title")?.textContent;
  bar.querySelector(".course").textContent = course ? `${words.course}${words.colon}${course}` : "";
  const source = (box.querySelector(".counted") ?? row.querySelector("th .counted"))?.cloneNode(true);
  bar.querySelector(".cell-source").replaceChildren(...(source ? [source] : []));
  bar.querySelector("[value=na]").hidden = field.readOnly || !!field.value.trim();
  bar.querySelector(".as-of").hidden = field.readOnly || "words" in field.dataset || "row" in field.dataset ||
    !/\d/.test(field.value);
  const day = bar.querySelector(".as-of input");
  day.value = dayOf(field.value, day.max.slice(0, 4));
  // Of a problem only its sentence: the name stands here already, and what can be chosen stands under the table.
  const parts = [...byId(`${field.id}-problem`)?.childNodes ?? []];
  const problem = parts.find((node, index) => index && node.textContent.length > 3);
  const texts = [problem, ...form.querySelectorAll(`[data-codes~="${field.dataset.code}"] .finding-text`)];
  bar.querySelector(".cell-problem").textContent = texts.filter(Boolean).map((one) => one.textContent).join(" ");
  bar.hidden = false;
}

export function hideBar() {
  bar.hidden = true;
}

function openCell(code, source) {
  const address = form.dataset.cell.replace("a.b", code);
  window.htmx.ajax("GET", address, { source, target: "#cell-panel", swap: "innerHTML" });
}

export function openCells() {
  // Talk fills the panel and empties it again; what is to have the keys must be in sight before that.
  panel.addEventListener("htmx:beforeSwap", () => panel.parentElement.classList.add("with-cell"));
  new MutationObserver(() => {
    panel.parentElement.classList.toggle("with-cell", !!panel.querySelector(".cell"));
  }).observe(panel, { childList: true, subtree: true });

  // For rows stands the first figure that is made of them.
  const cardOf = (field) => field.closest("table").dataset.card ?? field.dataset.code;
  bar.querySelector("[value=cell]").addEventListener("click", () => openCell(cardOf(chosen), chosen));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "F2" || !event.shiftKey || !event.target.dataset.code) return;
    event.preventDefault();
    openCell(cardOf(event.target), event.target);
  });
  form.addEventListener("click", (event) => {
    const cell = event.target.closest("td.computed");
    if (cell) openCell(cell.querySelector(".value").dataset.cell, cell);
  });
}

export function writeNotApplicable(save) {
  bar.querySelector("[value=na]").addEventListener("click", () => {
    chosen.value = words.notApplicable;
    save.touched(chosen, 0);
    showCounts();
    chosen.focus();
  });
}

// The day that a number is as of, where that is not the last of the period.
export function writeDay(save) {
  bar.querySelector(".as-of input").addEventListener("change", ({ target }) => {
    chosen.value = asOf(chosen.value, target.value);
    save.touched(chosen, 0);
    chosen.focus();
  });
}
