// The filters of a list apply as soon as one is chosen; the button is for who has no script. While somebody goes through
// the options by arrow keys, the list waits.
const WAIT = 700; // milliseconds after the last key

for (const form of document.querySelectorAll("form.filters")) {
  let timer;
  let byKey = false;
  form.addEventListener("keydown", (event) => byKey = event.key.startsWith("Arrow"));
  form.addEventListener("pointerdown", () => byKey = false);
  form.addEventListener("change", (event) => {
    if (form.method !== "get" || !event.target.matches("select, [type=checkbox], [type=radio]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), byKey ? WAIT : 0);
  });
}
