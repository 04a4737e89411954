// Fills several fields at once; this can be undone at once.
import { showCounts } from "./counts.js";
import { format } from "./format.js";
import { blankCells, byId, form, words } from "./page.js";

const DELAY = 20; // ms, so that all go to the server together

// Returns fill(steps, text): `steps` are pairs of a field and its new value, `text` tells of them afterwards.
export function filler(save) {
  const write = (steps) => {
    for (const [field, value] of steps) {
      field.value = value;
      save.touched(field, DELAY);
    }
    showCounts();
  };
  return (steps, text) => {
    const before = steps.map(([field]) => [field, field.value]);
    const line = byId("undo-line");
    line.hidden = false;
    line.querySelector("span").textContent = format(text, { count: steps.length });
    line.querySelector("button").onclick = () => {
      write(before);
      line.hidden = true;
    };
    write(steps);
  };
}

export function copyLevels(fill) {
  byId("copy-levels")?.addEventListener("click", () => {
    const levels = blankCells().filter((field) => field.dataset.previous);
    fill(levels.map((field) => [field, field.dataset.previous]), words.copied);
  });
}

export function takeOverTexts(fill) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button.take-over");
    if (!button) return;
    const field = button.closest(".question").querySelector("textarea");
    const text = button.previousElementSibling.textContent;
    fill([[field, field.value ? `${field.value}\n${text}` : text]], words.takenOver);
    field.focus();
  });
}
