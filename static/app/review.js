// Naming cells of a return by clicking them (M), and the way through the queue (J, K).
"use strict";
(() => {
  const boxes = [...document.querySelectorAll(".name-cell")];
  const page = document.getElementById("main");
  const button = document.getElementById("name-cells");
  const chips = document.getElementById("chips");
  const only = document.querySelector('#return [name="only_cells"]');

  const show = () => {
    chips.replaceChildren(...boxes.filter((box) => box.checked).map((box) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", textContent: `${box.dataset.name} ×` });
      chip.setAttribute("aria-label", `${chips.dataset.remove} ${box.dataset.name}`);
      chip.addEventListener("click", () => { box.checked = false; show(); (chips.querySelector("button") || button).focus(); });
      const item = document.createElement("li");
      item.append(chip);
      return item;
    }));
    only.disabled = !boxes.some((box) => box.checked);
    if (only.disabled) only.checked = false;
  };
  const mark = (on) => {
    page.classList.toggle("marking", on);
    button.setAttribute("aria-pressed", String(on));
  };

  if (boxes.length && button) {
    page.classList.add("can-mark");
    button.hidden = false;
    button.addEventListener("click", () => mark(!page.classList.contains("marking")));
    // Before the cell's own click, which would open it beside the sheet.
    document.addEventListener("click", (event) => {
      const box = event.target.closest?.("td.linked")?.querySelector(".name-cell");
      if (!box || !page.classList.contains("marking")) return;
      event.stopPropagation();
      if (event.target !== box) { event.preventDefault(); box.checked = !box.checked; }
      show();
    }, true);
    show();
  } else if (button) {
    only.closest("p").hidden = true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest('input:not([type="checkbox"]), textarea, select')) return;
    const key = event.key.toLowerCase();
    if (key === "m" && button && !button.hidden) { event.preventDefault(); button.click(); return; }
    if (key === "escape" && page.classList.contains("marking")) { mark(false); return; }
    const way = document.querySelector(`.place [data-key="${CSS.escape(key)}"]`);
    if (way) { event.preventDefault(); way.click(); }
  });
})();
