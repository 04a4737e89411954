// How many cells are filled, hinted at, to be verified, wrong. Each count leads from one of its cells to the next.
import { format } from "./format.js";
import { blankCells, byId, form, NOT_STORED, ownCells, words } from "./page.js";

const ERRORS = "td.error:not([data-state=invalid], [data-state=conflict]) input, td.error.computed";

export function showCounts() {
  const filled = ownCells.filter((field) => field.value.trim()).length;
  const hints = form.querySelectorAll("td.hint").length;
  const warnings = form.querySelectorAll("td.warning").length;
  const errors = form.querySelectorAll("td.error, td[data-state=invalid], [data-state=conflict]").length;
  byId("count-filled").textContent = format(words.filled, { filled, cells: ownCells.length });
  for (
    const [id, count, text] of [
      ["count-hints", hints, words.hints],
      ["count-warnings", warnings, words.warnings],
      ["count-errors", errors, words.errors],
    ]
  ) {
    byId(id).hidden = !count;
    byId(id).textContent = format(text, { count });
  }
}

function requiredFirst(fields) {
  const isRequired = (field) => field.ariaRequired === "true";
  return [...fields.filter(isRequired), ...fields.filter((field) => !isRequired(field))];
}

const placesOf = {
  empty: () => requiredFirst(blankCells()),
  hint: () => [...form.querySelectorAll("td.hint input, td.hint.computed")],
  warning: () => [...form.querySelectorAll("td.warning input, td.warning.computed")],
  error: () => [...form.querySelectorAll(`${NOT_STORED}, ${ERRORS}`)],
};

export function leadFromCounts() {
  const visited = {};
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-next]");
    if (!link) return;
    event.preventDefault();
    const kind = link.dataset.next;
    const places = placesOf[kind]();
    const place = places[places.indexOf(visited[kind]) + 1] ?? places[0];
    visited[kind] = place;
    if (!place) return;
    if (place.matches("td")) place.tabIndex = -1;
    place.scrollIntoView({ block: "center" });
    place.focus();
  });
}
