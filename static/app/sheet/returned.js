// What a return asked for: each cell that it names is changed, answered, or open. The server says which when the page
// comes; a cell that is saved later is held against what stood in it at the return.
import { byId, cellOf } from "./page.js";

const stored = (field) => field.dataset.seen ?? field.defaultValue;

export function showReturned() {
  for (const item of byId("returned")?.querySelectorAll("[data-code]") ?? []) {
    const field = cellOf(item.dataset.code);
    const isField = field?.matches("input");
    const isChanged = isField ? stored(field) !== item.dataset.was : !("open" in item.dataset);
    item.dataset.state = isChanged ? "changed" : "answered" in item.dataset ? "answered" : "open";
  }
}

export function followReturned() {
  showReturned();
  document.addEventListener("htmx:afterSwap", showReturned);
}
