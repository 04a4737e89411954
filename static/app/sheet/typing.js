// Typing saves, and remembers the place, to which one comes back when the page is loaded again.
import { computed, isArithmetic } from "./arithmetic.js";
import { hideBar, showBar } from "./cell_bar.js";
import { showCounts } from "./counts.js";
import { blankCells, byId, cells, form } from "./page.js";

const PLACE = `zhibao:place:${form.dataset.submission}`;
const isField = (target) => target.matches("[data-code], [data-question]");
const isSum = (field) => field.dataset?.code && !("words" in field.dataset) && isArithmetic(field.value);
const remember = (field) => sessionStorage.setItem(PLACE, field.id);

export function saveTyping(save) {
  let composing = false;
  form.addEventListener("compositionstart", () => {
    composing = true;
  });
  form.addEventListener("compositionend", (event) => {
    composing = false;
    if (isField(event.target)) save.touched(event.target);
  });
  form.addEventListener("input", (event) => {
    if (!isField(event.target)) return;
    remember(event.target);
    if (composing || isSum(event.target)) return; // a sum is stored when it is finished
    save.touched(event.target);
    showCounts();
  });
  const finish = (field) => {
    if (!isField(field) || !isSum(field)) return;
    field.value = computed(field.value) ?? field.value;
    save.touched(field, 0);
    showCounts();
  };
  // Before the field is shown as it is stored.
  form.addEventListener("focusout", (event) => finish(event.target), true);
  form.addEventListener("keydown", (event) => event.key === "Enter" && finish(event.target), true);
  document.addEventListener("visibilitychange", () => document.activeElement && finish(document.activeElement));
  form.addEventListener("focusin", (event) => {
    if (!isField(event.target)) return;
    // With something unsent, the way to the sign-in leads through other cells; one comes back to where one typed.
    if (!form.classList.contains("unsent")) remember(event.target);
    if (event.target.dataset.code) showBar(event.target);
    else hideBar();
  });
}

// The cell that the address names, the last place, a returned cell, or the first blank one.
export function firstPlace() {
  if (location.hash.startsWith("#cell-")) return byId(location.hash.slice(1));
  return byId(sessionStorage.getItem(PLACE) ?? "") ?? form.querySelector("td.returned input") ?? blankCells()[0] ??
    cells[0];
}
