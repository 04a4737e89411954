// What was done a moment ago can be undone: a button that counts ten seconds down, and Ctrl+Z outside of fields.
const form = document.querySelector(".messages form.undo");
const isField = (place) => place?.matches?.("input, textarea, select, [contenteditable]");
let typed = false; // Ctrl+Z in a field that was typed in takes back what was typed

function countDown() {
  const seconds = form.querySelector(".seconds");
  const timer = setInterval(() => {
    seconds.textContent = Number(seconds.textContent) - 1;
    if (seconds.textContent !== "0") return;
    clearInterval(timer);
    form.remove();
  }, 1000);
}

if (form) {
  countDown();
  document.addEventListener("input", () => {
    typed = true;
  });
  document.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || !form.isConnected || (isField(event.target) && typed)) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
