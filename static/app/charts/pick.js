// Enter adds the first indicator that is found, so that several are chosen without a mouse.
const field = document.getElementById("find");
const found = document.getElementById("found");
let answered = field.value;
found.addEventListener("htmx:beforeSwap", (event) => {
  answered = new URL(event.detail.xhr.responseURL).searchParams.get("find");
});
field.addEventListener("keydown", (event) => {
  if (event.isComposing || event.key !== "Enter") return;
  const first = found.querySelector("a");
  if (!first || answered !== field.value) return;
  event.preventDefault();
  first.click();
});

// On a phone the table comes first, once there is one.
const picker = document.querySelector(".picker");
if (window.matchMedia("(max-width: 760px)").matches && document.querySelector("table.figures")) picker.open = false;
