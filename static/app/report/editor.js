// Blocks of a draft are edited where they stand. The requests are htmx's; here keys save and close, and nothing that
// was written is lost. Without this script a block's form is a page.
import { enrich, placeCaret } from "./field.js";
import { findFigures } from "./figures.js";
import { sections } from "./sections.js";

const documentPane = () => document.getElementById("document");
const dirty = () =>
  [...document.querySelectorAll("textarea[data-words]")].filter((field) => field.value !== field.defaultValue);

// While words are not saved, the block's other buttons would lose them.
const tools = (field) => {
  const changed = field.value !== field.defaultValue;
  for (const button of field.closest(".block").querySelectorAll(".tools button, .stale button")) {
    button.disabled = changed;
  }
};
const prepare = (root) => {
  for (const field of root.querySelectorAll("textarea[data-words]")) enrich(field, tools);
  findFigures(root);
};
prepare(document);
sections(documentPane, () => dirty().length > 0);
if (window.matchMedia("(max-width: 1000px)").matches) {
  document.querySelector("details.outline")?.removeAttribute("open");
}

// Opening, leaving, keys.
const fetch = (address, block, swap) => htmx.ajax("GET", address, { target: block, swap });
const leave = (block) => {
  const field = block.querySelector("textarea[data-words]");
  if (block.classList.contains("adding")) {
    const before = block.previousElementSibling;
    block.remove();
    before?.querySelector(".edit, .add")?.focus();
  } else if (block.dataset.back) {
    if (field) field.value = field.defaultValue;
    fetch(block.dataset.back, block, "outerHTML");
  }
};
document.addEventListener("click", (event) => {
  const pane = documentPane();
  if (!pane || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const block = event.target.closest("#document .block");
  const link = event.target.closest("#document a");
  if (block && link?.matches(".edit") && !block.matches(".cover-block")) {
    event.preventDefault();
    fetch(link.href, block, "outerHTML");
  } else if (block && link?.matches(".add")) {
    event.preventDefault();
    fetch(link.href, block, "afterend");
  } else if (block && link?.matches(".cancel")) {
    event.preventDefault();
    leave(block);
  }
});
document.addEventListener("keydown", (event) => {
  const block = event.target.closest?.(".block.editing");
  if (!block || event.isComposing) return;
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    block.querySelector("form.words")?.requestSubmit();
  } else if (event.key === "Escape" && documentPane() && !dirty().some((field) => block.contains(field))) {
    event.preventDefault();
    leave(block);
  }
});
// At its start a paragraph is joined to the one before it.
document.addEventListener("join", (event) => {
  const { form, dataset } = event.target;
  htmx.ajax("POST", dataset.join, { source: form, target: form.closest(".block"), swap: "outerHTML" });
});
// Where nothing is being typed the draft's own last change is taken back.
document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const way = key === "y" || event.shiftKey ? "redo" : "undo";
  const button = document.querySelector(`#undo [data-way=${way}]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
addEventListener("beforeunload", (event) => {
  if (documentPane() && dirty().length) event.preventDefault();
});
document.addEventListener("submit", () => { // a page of its own is left by saving
  if (!documentPane()) { for (const field of dirty()) field.defaultValue = field.value; }
});

// What became of a request.
const ours = (event) => documentPane()?.contains(event.detail.target || event.target);
const say = (sentence) => {
  const line = documentPane().querySelector(".failed");
  line.textContent = sentence;
  line.hidden = false;
  line.focus();
};
// What is being written in other blocks stays where it is when the document comes anew.
let kept = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!ours(event)) return;
  const writing = event.detail.requestConfig.elt?.closest?.(".block.editing");
  kept = event.detail.target.id === "document" && event.detail.shouldSwap
    ? dirty().map((field) => field.closest(".block")).filter((block) => block !== writing)
    : [];
});
document.addEventListener("htmx:afterSettle", () => {
  const pane = documentPane();
  if (!pane) return;
  for (const block of kept.filter((one) => !one.isConnected)) {
    const place = document.getElementById(block.id);
    if (place) place.replaceWith(block);
    else pane.querySelector(".report").prepend(block);
  }
  kept = [];
  prepare(pane);
  for (const block of pane.querySelectorAll(".editing:not([data-shown])")) { // what has just been opened
    block.dataset.shown = "yes";
    (block.querySelector("[data-focus]") || block.querySelector(".rich, .figures [role=combobox]") ||
      block.querySelector("button, a"))
      ?.focus();
  }
});
// The server names the block that was changed.
document.addEventListener("block", (event) => {
  const block = document.getElementById(event.detail.key);
  const writing = document.activeElement.closest(".editing"); // a person who was faster stays where they write by now
  if (!block || (writing && writing !== block)) return;
  block.scrollIntoView({ block: "nearest" });
  const rich = block.querySelector(".rich");
  if (rich && "caret" in event.detail) return placeCaret(rich, 0, event.detail.caret);
  (block.querySelector(".edit") || block.querySelector(".tools button:not(:disabled)"))?.focus({
    preventScroll: true,
  });
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (ours(event)) say(documentPane().querySelector(".failed").dataset.offline);
  });
}
document.addEventListener("htmx:responseError", (event) => {
  const { failed, signedOut } = documentPane()?.querySelector(".failed").dataset ?? {};
  if (ours(event)) say(event.detail.xhr.status === 401 ? signedOut : failed);
});
