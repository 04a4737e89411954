// What stands beside a cell: earlier values, and of a computed cell its own.
import { make } from "./page.js";

// `place` is what `cellOf` gives, `cell` what the server computed: {text, compared, to_date, change}.
export function showComputed(place, cell) {
  const box = place.closest("td");
  const row = box.parentElement;
  const [toDate, change] = [row.querySelector(".to-date"), row.querySelector(".change")];
  if (place === box) box.querySelector(".value").textContent = cell.text || "–";
  if (!toDate && !change && !box.querySelector(".declared")) {
    if (!box.querySelector(".before")) box.append(make("span", "", { className: "before" }));
    box.querySelector(".before").textContent = cell.compared;
  }
  if (toDate) toDate.textContent = cell.to_date || "–";
  if (change) change.textContent = cell.change || "–";
}
