// The editor of a wording: numbers beside its lines, marks on the wrong ones, figures put in at the cursor.
import { chips } from "./wording_chips.js";

const field = document.querySelector(".numbered textarea");
const mirror = document.querySelector(".numbered .mirror");
const preview = document.getElementById("preview");

// Each line stands once more behind the field, as tall as it is there, and carries its number.
function draw() {
  const wrong = new Set((preview.querySelector("[data-wrong]")?.dataset.wrong || "").split(","));
  mirror.replaceChildren(
    ...field.value.split("\n").map((text, index) => {
      const line = document.createElement("div");
      line.dataset.line = String(index + 1);
      line.append(...pieces(text));
      line.classList.toggle("wrong", wrong.has(line.dataset.line));
      return line;
    }),
  );
  [...named.rich.children].forEach((line, index) => line.classList.toggle("wrong", wrong.has(String(index + 1))));
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

// What is code has a ground of its own, so that the sentence around it can be read.
function pieces(text) {
  return text.split(/(\{\{.*?\}\}|\{%.*?%\})/).map((piece, index) => {
    const part = document.createElement("span");
    part.textContent = piece;
    if (index % 2) part.className = piece.startsWith("{{") ? "value" : "logic";
    return part;
  });
}

function insert(text) {
  if (field.hidden) return named.insert(text);
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function find(words) {
  let head = null;
  for (const row of document.querySelectorAll(".offered tbody tr")) {
    if (row.classList.contains("chapter")) head = row;
    else row.hidden = !row.textContent.toLowerCase().includes(words);
    // A table's head stands as long as one of its figures does.
    if (row === head) head.hidden = true;
    else if (!row.hidden && head) head.hidden = false;
  }
}

const offered = [...document.querySelectorAll(".offered [data-code]")];
const names = Object.fromEntries(offered.map((button) => [button.dataset.code, button.textContent.trim()]));
const named = chips(field, JSON.parse(field.dataset.chips), names, () => {
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
const asCode = document.getElementById("as-code");
asCode.hidden = false;
asCode.addEventListener("click", () => {
  const wanted = asCode.getAttribute("aria-pressed") !== "true";
  asCode.setAttribute("aria-pressed", String(wanted));
  field.parentElement.classList.toggle("ready", wanted);
  named.show(!wanted);
  draw();
});

field.addEventListener("input", draw);
preview.addEventListener("htmx:afterSwap", draw);
new ResizeObserver(draw).observe(field.parentElement);
document.querySelector(".offered").addEventListener("click", (event) => {
  const button = event.target.closest("[data-code]");
  if (button) insert(`{{ n('${button.dataset.code}') }}`);
});
document.getElementById("find").addEventListener("input", (event) => find(event.target.value.trim().toLowerCase()));

let kept = field.value;
addEventListener("beforeunload", (event) => {
  if (field.value !== kept) event.preventDefault();
});
field.form.addEventListener("submit", () => {
  kept = field.value;
});
draw();
