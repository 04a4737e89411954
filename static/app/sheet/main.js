// The sheet: cells that save themselves, keys, paste, marks, and what is said about a cell. Each concern has its
// module; here they are put together.
import { openCells, showBar, writeDay, writeNotApplicable } from "./cell_bar.js";
import { showComputed } from "./comparisons.js";
import { leadFromCounts, showCounts } from "./counts.js";
import { copyLevels, filler, takeOverTexts } from "./fill.js";
import { refreshFindings, showFirstFindings } from "./findings.js";
import { computedCells } from "./formulas.js";
import { keys } from "./keys.js";
import { closeLegend, estimateHeights, followLineHeight, rememberPreferences } from "./layout.js";
import { boxOf, byId, cellOf, cells, form, words } from "./page.js";
import { pasteBlocks, takeOwnForm } from "./paste_preview.js";
import { conflictChoice, showProblem, tabThroughConflicts } from "./problems.js";
import { followReturned, showReturned } from "./returned.js";
import { openRows, showMade, showRow } from "./rows.js";
import { saver } from "./saving.js";
import { selectRanges } from "./selection.js";
import { showRestored, showSaved, showTrouble } from "./status_line.js";
import { submitWhenSaved } from "./submission.js";
import { firstPlace, saveTyping } from "./typing.js";

let computed = null; // keeps computed cells up to date until the server's answer: once the page has loaded, see the end

function problemOf(field, state, problem) {
  if (state === "invalid") return [problem || words.gone];
  if (state === "conflict") return conflictChoice(field, problem, (mine) => save.choose(field, problem, mine));
  return null;
}

const save = saver(form, {
  state(field, state, problem) {
    boxOf(field).dataset.state = state;
    if (state === "invalid") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    showProblem(field, problemOf(field, state, problem));
    showRow(field);
    if (field === document.activeElement && field.dataset.code) showBar(field);
    computed?.touched(field);
  },
  applied(answer) {
    for (const [code, cell] of Object.entries(answer.cells)) {
      const place = cellOf(code);
      showComputed(place, cell);
      showMade(place, cell);
      if (place.matches("td")) computed?.confirmed(code, cell.text || "–");
    }
    showCounts();
    showReturned();
    refreshFindings();
  },
  trouble: (kind, sentence) => showTrouble(kind, sentence, save.count()),
  calm: showSaved,
});

const fill = filler(save);
selectRanges(fill);
const { go } = keys(form, cells, {
  direction: () => byId("enter-moves").value,
  restored(field) {
    save.touched(field, 0);
    showCounts();
  },
});

tabThroughConflicts();
leadFromCounts();
openCells();
writeNotApplicable(save);
writeDay(save);
copyLevels(fill);
takeOverTexts(fill);
pasteBlocks(fill);
openRows(fill);
rememberPreferences();
closeLegend();
saveTyping(save);
submitWhenSaved(save);
estimateHeights();
followLineHeight();
showFirstFindings();
followReturned();

window.addEventListener("load", () => {
  refreshFindings(0, "GET");
  const data = byId("page-formulas");
  if (!data) return;
  computed = computedCells(JSON.parse(data.textContent), cellOf);
  for (const field of form.querySelectorAll("[data-state=waiting] input, [data-state=saving] input")) {
    computed.touched(field);
  }
});

const restored = save.restore();
if (restored) showRestored(restored);
const place = firstPlace();
// A touch screen would open its keyboard over the sheet.
if (place && window.matchMedia("(pointer: fine)").matches) go(place.matches("input, textarea") ? place : null);
takeOwnForm(fill);
// What came of the last step stands above the sheet, and is read first.
document.querySelector(".messages li")?.scrollIntoView({ block: "end" });
