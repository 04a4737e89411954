// Presentation mode for a wall screen: the parts of the page that are slides, one at a time, as large as the screen.
// It pages by itself, unless the person prefers less motion or has stopped it; Esc leaves. `?present` in the address
// begins with it, and once round the page is fetched again, so that a screen on a wall shows today's figures.
const SECONDS = 12;
const board = document.querySelector("[data-present]");
const slides = [...board.querySelectorAll(".slide")];
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const words = document.getElementById("present-words").dataset;
const start = document.getElementById("present");
const print = document.getElementById("print-board");
let at = 0;
let timer = 0;
let isStopped = still.matches;
let began = null;

const bar = document.createElement("div");
bar.className = "slides";
const button = (text, action) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", action);
  bar.append(made);
  return made;
};
const place = document.createElement("span");
place.className = "muted";
button(words.back, () => show(at - 1));
bar.append(place);
button(words.next, () => show(at + 1));
const pause = button("", () => {
  isStopped = !isStopped;
  wait();
});
button(words.leave, leave);
board.append(bar);

const isPresenting = () => document.documentElement.classList.contains("presenting");

function show(number) {
  at = (number + slides.length) % slides.length;
  slides.forEach((slide, index) => slide.classList.toggle("shown", index === at));
  place.textContent = `${at + 1} / ${slides.length}`;
  wait();
}

function wait() {
  clearTimeout(timer);
  pause.textContent = isStopped ? words.go : words.stop;
  if (!isStopped) timer = setTimeout(() => (at + 1 === slides.length ? again() : show(at + 1)), SECONDS * 1000);
}

// Full screen would end with a new page; then the figures stay as they are.
const again = () => (document.fullscreenElement ? show(0) : window.location.reload());

function enter() {
  began = document.activeElement;
  document.documentElement.classList.add("presenting");
  document.dispatchEvent(new Event("presenting"));
  mark(true);
  show(0);
  bar.querySelector("button").focus();
}

function leave() {
  clearTimeout(timer);
  document.documentElement.classList.remove("presenting");
  document.dispatchEvent(new Event("presenting"));
  if (document.fullscreenElement) document.exitFullscreen();
  mark(false);
  (began && began !== document.body ? began : start).focus();
}

function mark(isOn) {
  const url = new URL(window.location);
  if (isOn) url.searchParams.set("present", "1");
  else url.searchParams.delete("present");
  window.history.replaceState(null, "", url);
}

document.addEventListener("keydown", (event) => {
  if (!isPresenting()) return;
  if (event.key === "Escape") leave();
  else if (event.key === "ArrowRight" || event.key === "PageDown") show(at + 1);
  else if (event.key === "ArrowLeft" || event.key === "PageUp") show(at - 1);
  else if (event.key === " " && event.target.tagName !== "BUTTON") {
    isStopped = !isStopped;
    wait();
  } else return;
  event.preventDefault();
});
// Esc in full screen goes to the browser, not to the page.
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement && isPresenting()) leave();
});
still.addEventListener("change", () => {
  isStopped = still.matches;
  if (isPresenting()) wait();
});

start.hidden = print.hidden = !slides.length;
start.addEventListener("click", () => {
  document.documentElement.requestFullscreen?.().catch(() => {});
  enter();
});
print.addEventListener("click", () => window.print());
if (new URL(window.location).searchParams.has("present") && slides.length) enter();
