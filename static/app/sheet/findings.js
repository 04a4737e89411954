// Findings are fetched anew after each saving, and stand under the table of their first cell.
import { showBar } from "./cell_bar.js";
import { showCounts } from "./counts.js";
import { byId, cellOf, cells, form } from "./page.js";
import { describe } from "./problems.js";
import { csrfToken } from "./store.js";

const AGAINST_ITS_PAST = ["past", "change", "outlier", "fall"];
const DELAY = 400; // ms for more cells to be saved
const box = byId("findings");
const drawn = new WeakMap(); // what the server wrote of a finding
let timer = null;

const allFindings = () => [...form.querySelectorAll(".finding")];
const placesOf = (item) => item.dataset.codes.split(" ").map(cellOf).filter(Boolean);
// Somebody writes a reason, or it was refused and stands there still.
const isAnswered = () => [...form.querySelectorAll(".finding textarea")].some((one) => one.value);

// After a save what is found goes on record; when the page opens it is only looked at.
export function refreshFindings(delay = DELAY, method = "POST") {
  clearTimeout(timer);
  timer = setTimeout(() => refresh(method), delay);
}

async function refresh(method) {
  const headers = method === "POST" ? { "X-CSRFToken": csrfToken(form.elements.csrfmiddlewaretoken.value) } : {};
  const response = await fetch(form.dataset.findings, { method, headers }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = await response.text();
  if (isAnswered()) return; // on record they are all the same
  replaceFindings(fresh);
  if (cells.includes(document.activeElement)) showBar(document.activeElement);
}

// A finding that still says the same is left alone: somebody may be about to answer it.
function replaceFindings(html) {
  const before = new Map(allFindings().map((item) => [item.id, item]));
  box.innerHTML = html;
  for (const item of box.querySelectorAll(".finding")) {
    const text = item.outerHTML;
    const old = before.get(item.id);
    drawn.set(item, text);
    before.delete(item.id);
    if (drawn.get(old) === text) {
      item.replaceWith(old);
    } else {
      old?.remove();
      window.htmx?.process(item);
    }
  }
  for (const old of before.values()) old.remove();
  placeFindings();
  markCells();
}

// What is about no cell of this sheet stays at the end.
function placeFindings() {
  for (const item of box.querySelectorAll(".finding")) {
    const [first] = placesOf(item);
    first?.closest(".scroll").nextElementSibling.nextElementSibling.append(item);
  }
  box.hidden = !box.querySelector(".finding, .more");
}

function markCells() {
  for (const cell of form.querySelectorAll("td.hint, td.warning, td.error")) {
    cell.classList.remove("hint", "warning", "error", "far");
    describe(cell.querySelector("input"), /^finding-/);
  }
  for (const item of allFindings()) {
    for (const cell of placesOf(item).map((place) => place.closest("td"))) {
      cell.classList.add(item.dataset.severity);
      if (AGAINST_ITS_PAST.includes(item.dataset.kind)) cell.classList.add("far");
      describe(cell.querySelector("input"), null, item.querySelector(".finding-text").id);
    }
  }
  showCounts();
}

// Those that came with the page.
export function showFirstFindings() {
  for (const item of allFindings()) drawn.set(item, item.outerHTML);
  placeFindings();
  markCells();
}
