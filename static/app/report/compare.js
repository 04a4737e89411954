// From one difference of two reports to the next, by J and K or the buttons.
const differences = [...document.querySelectorAll(".pairs .differs")];
const line = document.querySelector("[data-place]");
let place = -1;
const go = (step) => {
  if (!differences.length) return;
  place = place < 0 && step < 0 ? differences.length - 1 : (place + step + differences.length) % differences.length;
  differences[place].focus({ preventScroll: true });
  differences[place].scrollIntoView({ block: "center" });
  line.textContent = `${place + 1} / ${differences.length}`;
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-difference]");
  if (button) go(Number(button.dataset.difference));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) go(step);
});
