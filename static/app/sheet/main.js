// The sheet: cells that save themselves, keys, paste, marks, and what is said about a cell.
import { keys } from "./keys.js";
import { parseBlock, plan } from "./paste.js";
import { follower } from "./reckoning.js";
import { saver } from "./saving.js";
import { csrfToken } from "./store.js";

const form = document.getElementById("sheet");
const words = document.getElementById("words").dataset;
const cells = [...form.querySelectorAll("td.entry input")];
const cellOf = (code) => document.getElementById(`cell-${code.replaceAll(".", "-")}`);
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const boxOf = (field) => field.closest("td") ?? field.parentElement;
const byId = (id) => document.getElementById(id);
const make = (tag, text, rest = {}) => Object.assign(document.createElement(tag), { textContent: text, ...rest });

// --- What is said about a field: under its table, and tied to it for screen readers.

const nameOf = (field) => field.getAttribute("aria-label") ?? field.labels[0].firstChild.textContent.trim();
const problemsOf = (field) => (field.closest(".scroll") ?? field.parentElement).nextElementSibling.querySelector("ul");
const findingsOf = (place) => place.closest(".scroll").nextElementSibling.nextElementSibling;

// Changes what describes a field: takes away the ids that match, adds one.
function describe(field, without, id) {
  if (!field) return;
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && !without?.test(one));
  field.setAttribute("aria-describedby", [...ids, ...(id ? [id] : [])].join(" "));
}

function complain(field, content) {
  const id = `${field.id}-problem`;
  byId(id)?.remove();
  if (content) {
    const item = make("li", "", { id });
    item.append(make("a", nameOf(field), { href: `#${field.id}` }), ": ", ...content);
    problemsOf(field).append(item);
  }
  problemsOf(field).parentElement.classList.toggle("none", !problemsOf(field).children.length);
  describe(field, /-problem$/, content ? id : "");
}

function disagreement(field, conflict) {
  const choice = (text, mine) => {
    const button = make("button", text, { type: "button", className: "link" });
    button.addEventListener("click", () => { save.choose(field, conflict, mine); field.focus(); });
    return button;
  };
  const empty = words.empty;
  return [
    say(words.conflict, { by: conflict.by, at: conflict.at, theirs: conflict.theirs_shown || empty, mine: field.value || empty }), " ",
    choice(say(words.useMine, { mine: field.value || empty }), true), " ", choice(say(words.useTheirs, { theirs: conflict.theirs_shown || empty }), false),
  ];
}

// In a conflict Tab leads to the choice, which stands under the table, and from it to the next cell.
function tabFrom(place, back) {
  if (cells.includes(place)) return !back && boxOf(place).dataset.state === "conflict" ? byId(`${place.id}-problem`)?.querySelector("button") : null;
  const choices = [...place.closest(".cell-problems li")?.querySelectorAll("button") ?? []];
  const own = cells.indexOf(byId(place.closest("li")?.id.replace(/-problem$/, "")));
  if (!choices.includes(place) || own < 0 || place !== choices.at(back ? 0 : -1)) return null;
  return cells[own + (back ? 0 : 1)];
}
form.addEventListener("keydown", (event) => {
  const next = event.key === "Tab" ? tabFrom(event.target, event.shiftKey) : null;
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// --- Saving.

let reckoned = null; // keeps computed cells up to date until the server's answer: once the page stands, see the end
const save = saver(form, {
  state(field, state, problem) {
    boxOf(field).dataset.state = state;
    if (state === "invalid") field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    complain(field, state === "invalid" ? [problem || words.gone] : state === "conflict" ? disagreement(field, problem) : null);
    if (field === document.activeElement && field.dataset.code) showBar(field);
    reckoned?.touched(field);
  },
  applied(answer) {
    for (const [code, cell] of Object.entries(answer.cells)) follow(cellOf(code), cell);
    count();
    refreshFindings();
  },
  trouble(kind, sentence) {
    const box = byId("trouble");
    box.hidden = false;
    form.classList.add("unsent");
    box.replaceChildren(sentence || words[kind], " ", say(words.kept, { count: save.count() }));
    if (kind === "expired") box.append(" ", make("a", words.signIn, { href: form.dataset.signIn }));
    byId("saving").textContent = say(words.waiting, { count: save.count() });
  },
  calm(at) {
    byId("trouble").hidden = true;
    form.classList.remove("unsent");
    byId("saving").textContent = say(words.saved, { at });
  },
});

// Comparisons and computed values as the server reckons them now.
function follow(place, cell) {
  const box = place.closest("td"), row = box.parentElement;
  if (place === box) {
    box.querySelector(".value").textContent = cell.text || "–";
    reckoned?.confirmed(box.querySelector(".value").dataset.cell, cell.text || "–");
  }
  const [toDate, change] = [row.querySelector(".to-date"), row.querySelector(".change")];
  if (!toDate && !change && !box.querySelector(".declared")) {
    if (!box.querySelector(".before")) box.append(make("span", "", { className: "before" }));
    box.querySelector(".before").textContent = cell.compared;
  }
  if (toDate) toDate.textContent = cell.to_date || "–";
  if (change) change.textContent = cell.change || "–";
}

// --- Findings and counts.

let findingsTimer = null;
// After a save what is found goes on record; when the page opens it is only looked at.
function refreshFindings(delay = 400, method = "POST") {
  clearTimeout(findingsTimer);
  findingsTimer = setTimeout(async () => {
    const isWritten = () => [...form.querySelectorAll(".finding textarea")].some((one) => one.value);
    if (isWritten()) return; // a reason is being written, or was refused and stands there still
    const headers = method === "POST" ? { "X-CSRFToken": csrfToken(form.elements.csrfmiddlewaretoken.value) } : {};
    const response = await fetch(form.dataset.findings, { method, headers }).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const fresh = await response.text();
    if (isWritten()) return;
    replaceFindings(fresh);
    if (cells.includes(document.activeElement)) showBar(document.activeElement);
  }, delay);
}

// A finding that still says the same is left alone: somebody may be about to answer it.
const drawn = new WeakMap();
function replaceFindings(html) {
  const box = byId("findings"), before = new Map([...form.querySelectorAll(".finding")].map((item) => [item.id, item]));
  box.innerHTML = html;
  for (const item of box.querySelectorAll(".finding")) {
    const text = item.outerHTML, old = before.get(item.id);
    drawn.set(item, text);
    before.delete(item.id);
    if (drawn.get(old) === text) item.replaceWith(old); else { old?.remove(); window.htmx?.process(item); }
  }
  for (const old of before.values()) old.remove();
  placeFindings();
  markFindings();
}

// Each stands under the table of its first cell; what is about no cell of this sheet stays at the end.
function placeFindings() {
  for (const item of byId("findings").querySelectorAll(".finding")) {
    const place = item.dataset.codes.split(" ").map(cellOf).find(Boolean);
    if (place) findingsOf(place).append(item);
  }
  byId("findings").hidden = !byId("findings").querySelector(".finding, .more");
}

function markFindings() {
  for (const cell of form.querySelectorAll("td.warning, td.error")) {
    cell.classList.remove("warning", "error");
    describe(cell.querySelector("input"), /^finding-/);
  }
  for (const item of form.querySelectorAll(".finding")) {
    for (const place of item.dataset.codes.split(" ").map(cellOf).filter(Boolean)) {
      place.closest("td").classList.add(item.dataset.severity);
      describe(place.closest("td").querySelector("input"), null, item.querySelector(".finding-text").id);
    }
  }
  count();
}

const all = (places) => [...form.querySelectorAll(places)];
const blank = () => cells.filter((field) => !field.value.trim());
const WRONG = "[aria-invalid=true], [data-state=conflict] input, [data-state=conflict] textarea";
const marked = {
  empty: () => [...blank().filter((field) => field.ariaRequired === "true"), ...blank().filter((field) => field.ariaRequired !== "true")],
  warning: () => all("td.warning input, td.warning.computed"),
  error: () => all(`${WRONG}, td.error:not([data-state=invalid], [data-state=conflict]) input, td.error.computed`),
};
const visited = {}; // a count leads from one of its cells to the next


function count() {
  const filled = cells.filter((field) => field.value.trim()).length;
  const warnings = form.querySelectorAll("td.warning").length;
  const errors = form.querySelectorAll("td.error, td[data-state=invalid], [data-state=conflict]").length;
  byId("count-filled").textContent = say(words.filled, { filled, cells: cells.length });
  for (const [id, number, text] of [["count-warnings", warnings, words.warnings], ["count-errors", errors, words.errors]]) {
    byId(id).hidden = !number;
    byId(id).textContent = say(text, { count: number });
  }
}

form.addEventListener("click", (event) => {
  const link = event.target.closest("[data-next]");
  if (!link) return;
  event.preventDefault();
  const kind = link.dataset.next, places = marked[kind]();
  const place = visited[kind] = places[places.indexOf(visited[kind]) + 1] ?? places[0];
  if (!place) return;
  if (place.matches("td")) place.tabIndex = -1;
  place.scrollIntoView({ block: "center" });
  place.focus();
});

// --- The bar at the foot: the cell at hand in full, also where columns of comparison have no room.

let atHand = null;
function showBar(field) {
  atHand = field;
  const bar = byId("cell-bar");
  const box = field.closest("td"), row = box.parentElement, heads = box.closest("table").tHead.rows[0].cells;
  const compared = [...row.querySelectorAll("td.compare")].map((cell) => `${heads[cell.cellIndex].textContent} ${cell.textContent}`);
  bar.querySelector("strong").textContent = nameOf(field);
  bar.querySelector(".facts-line").textContent = compared.join(" · ") || box.querySelector(".before")?.textContent || "";
  const source = (box.querySelector(".counted") ?? row.querySelector("th .counted"))?.cloneNode(true);
  bar.querySelector(".cell-source").replaceChildren(...(source ? [source] : []));
  bar.querySelector("[value=na]").hidden = field.readOnly || !!field.value.trim();
  // Of a problem only its sentence: the name stands here already, and what can be chosen stands under the table.
  const problem = [...byId(`${field.id}-problem`)?.childNodes ?? []].find((node, place) => place && node.textContent.length > 3);
  const said = [problem, ...form.querySelectorAll(`[data-codes~="${field.dataset.code}"] .finding-text`)];
  bar.querySelector(".cell-problem").textContent = said.filter(Boolean).map((one) => one.textContent).join(" ");
  bar.hidden = false;
}

// A computed cell has its history and talk as well: it is opened with a click.
function openCell(code, source) {
  window.htmx.ajax("GET", form.dataset.cell.replace("a.b", code), { source, target: "#cell-panel", swap: "innerHTML" });
}
// Talk fills the panel and empties it again; what is to have the keys must be in sight before that.
byId("cell-panel").addEventListener("htmx:beforeSwap", (event) => event.currentTarget.parentElement.classList.add("with-cell"));
new MutationObserver(() => {
  const panel = byId("cell-panel");
  panel.parentElement.classList.toggle("with-cell", !!panel.querySelector(".cell"));
}).observe(byId("cell-panel"), { childList: true, subtree: true });
byId("cell-bar").querySelector("[value=cell]").addEventListener("click", () => openCell(atHand.dataset.code, atHand));
byId("cell-bar").querySelector("[value=na]").addEventListener("click", () => {
  atHand.value = words.notApplicable;
  save.touched(atHand, 0);
  count();
  atHand.focus();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "F2" && event.shiftKey && event.target.dataset.code) { event.preventDefault(); openCell(event.target.dataset.code, event.target); }
});
form.addEventListener("click", (event) => {
  const cell = event.target.closest("td.computed");
  if (cell) openCell(cell.querySelector(".value").dataset.cell, cell);
});

// --- Several cells at once can be taken back at once.

function fill(steps, text) {
  const before = steps.map(([field]) => [field, field.value]);
  for (const [field, value] of steps) { field.value = value; save.touched(field, 20); }
  const line = byId("undo-line");
  line.hidden = false;
  line.querySelector("span").textContent = say(text, { count: steps.length });
  line.querySelector("button").onclick = () => {
    for (const [field, value] of before) { field.value = value; save.touched(field, 20); }
    line.hidden = true;
    count();
  };
  count();
}

byId("copy-levels")?.addEventListener("click", () => {
  fill(blank().filter((field) => field.dataset.previous).map((field) => [field, field.dataset.previous]), words.copied);
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button.take-over");
  if (!button) return;
  const field = button.closest(".question").querySelector("textarea"), text = button.previousElementSibling.textContent;
  fill([[field, field.value ? `${field.value}\n${text}` : text]], words.takenOver);
  field.focus();
});

// --- Paste.

function preview(steps, field) {
  const panel = byId("paste"), targets = steps.filter((step) => !step.why);
  const heads = field.closest("table").tHead.rows[0].cells;
  const lines = steps.filter((step) => step.why !== "same").slice(0, 200).map((step) => {
    const line = make("tr", "");
    const where = [step.row?.dataset.name, heads[step.column]?.innerText.trim()].filter(Boolean).join(" · ");
    line.append(make("td", step.text), make("td", step.field ? nameOf(step.field) : where), make("td", step.why ? words[step.why] : words.filling));
    return line;
  });
  panel.querySelector("tbody").replaceChildren(...lines);
  panel.querySelector("p").textContent = say(words.pasteSummary, { fit: targets.length, rest: steps.filter((step) => step.why && step.why !== "same").length });
  field.closest(".scroll").before(panel);
  panel.hidden = false;
  const done = () => { panel.hidden = true; field.focus(); };
  panel.querySelector("[value=fill]").onclick = () => { done(); fill(targets.map((step) => [step.field, step.text]), words.pasted); };
  panel.querySelector("[value=cancel]").onclick = done;
  panel.onkeydown = (event) => { if (event.key === "Escape") done(); };
  panel.querySelector("[value=fill]").disabled = !targets.length;
  panel.querySelector(targets.length ? "[value=fill]" : "[value=cancel]").focus();
}

form.addEventListener("paste", (event) => {
  const field = event.target, text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cells.includes(field) || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const { steps, fits } = plan(parseBlock(text), field);
  if (fits) fill(steps.filter((step) => !step.why).map((step) => [step.field, step.text]), words.pasted);
  else preview(steps, field);
});

// --- Choices of the person, the place where they were, submitting.

for (const id of ["enter-moves", "density"]) {
  const select = byId(id), name = `zhibao:${form.dataset.person}:${id}`;
  select.value = localStorage.getItem(name) ?? select.value;
  select.addEventListener("change", () => { localStorage.setItem(name, select.value); form.dataset[select.name] = select.value; });
  form.dataset[select.name] = select.value;
}
document.addEventListener("click", (event) => {
  const legend = form.querySelector(".legend");
  if (!legend.contains(event.target)) legend.open = false;
});

const { go } = keys(form, cells, { direction: () => byId("enter-moves").value, restored: (field) => { save.touched(field, 0); count(); } });
const placeName = `zhibao:place:${form.dataset.submission}`;
const isField = (target) => target.matches("[data-code], [data-question]");
let composing = false;
form.addEventListener("compositionstart", () => { composing = true; });
form.addEventListener("compositionend", (event) => { composing = false; if (isField(event.target)) save.touched(event.target); });
const remember = (field) => sessionStorage.setItem(placeName, field.id);
form.addEventListener("input", (event) => {
  if (!isField(event.target)) return;
  remember(event.target);
  if (!composing) { save.touched(event.target); count(); }
});
form.addEventListener("focusin", (event) => {
  if (!isField(event.target)) return;
  // With something unsent, the way to the sign-in leads through other cells; one comes back to where one typed.
  if (!form.classList.contains("unsent")) remember(event.target);
  if (event.target.dataset.code) showBar(event.target); else byId("cell-bar").hidden = true;
});

// An unsettled sheet is not submitted: first everything goes, then what could not be stored is shown.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  await save.flush();
  for (let i = 0; i < 100 && save.count() && byId("trouble").hidden; i++) await new Promise((done) => setTimeout(done, 100));
  button.disabled = false;
  const wrong = form.querySelector(WRONG);
  if (save.count() || wrong) {
    byId("trouble").hidden = false;
    byId("trouble").textContent = wrong ? words.mendFirst : words.notSent;
    wrong?.focus();
    return;
  }
  form.submit();
});

// Tables out of sight are not laid out yet; for scrolling they count as high as their rows are likely to be.
function estimateHeights([first, ...others]) {
  const rows = (box) => box.querySelectorAll("tr").length, height = others.length && first.offsetHeight / rows(first);
  for (const box of others) box.style.containIntrinsicBlockSize = `auto ${Math.round(height * rows(box))}px`;
}
estimateHeights(form.querySelectorAll(".scroll"));

// The line under the title may wrap; table heads stick below it.
new ResizeObserver(([line]) => form.style.setProperty("--line-height", `${line.target.offsetHeight}px`)).observe(form.querySelector(".sheet-line"));
for (const item of form.querySelectorAll(".finding")) drawn.set(item, item.outerHTML);
placeFindings();
markFindings();
window.addEventListener("load", () => {
  refreshFindings(0, "GET");
  if (!byId("reckoning")) return;
  reckoned = follower(JSON.parse(byId("reckoning").textContent), cellOf);
  for (const field of form.querySelectorAll("[data-state=waiting] input, [data-state=saving] input")) reckoned.touched(field);
});
const restored = save.restore();
if (restored) byId("saving").textContent = say(words.restored, { count: restored });
const last = byId(sessionStorage.getItem(placeName) ?? "");
const target = location.hash.startsWith("#cell-") ? byId(location.hash.slice(1)) : last ?? form.querySelector("td.returned input") ?? blank()[0] ?? cells[0];
// A touch screen would open its keyboard over the sheet.
if (target && window.matchMedia("(pointer: fine)").matches) go(target.matches("input, textarea") ? target : null);
