// Narrows the list of indicators while one types. What is chosen stays in it.
const field = document.getElementById("pick-filter");
const list = document.getElementById("pick");
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  for (const group of list.querySelectorAll("optgroup")) {
    const whole = group.label.toLowerCase().includes(wanted);
    let shown = 0;
    for (const option of group.children) {
      option.hidden = !(whole || option.selected || option.textContent.toLowerCase().includes(wanted) ||
        option.value.includes(wanted));
      shown += !option.hidden;
    }
    group.hidden = !shown;
  }
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});

// On a phone the table comes first, once there is one.
const picker = document.querySelector(".picker");
if (window.matchMedia("(max-width: 760px)").matches && document.querySelector("table.figures")) picker.open = false;
