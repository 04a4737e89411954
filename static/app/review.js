// Naming cells of a return by clicking them (M), the way through the queue (J, K), and to the button that goes on (A).
"use strict";
(() => {
  const boxes = [...document.querySelectorAll(".name-cell")];
  const page = document.getElementById("main");
  const button = document.getElementById("name-cells");
  const back = document.getElementById("send-back");
  const chips = document.getElementById("chips");
  const only = document.querySelector('#return [name="only_cells"]');

  const show = () => {
    chips.replaceChildren(
      ...boxes.filter((box) => box.checked).map((box) => {
        const chip = Object.assign(document.createElement("button"), {
          type: "button",
          textContent: `${box.dataset.name} ×`,
        });
        chip.setAttribute("aria-label", `${chips.dataset.remove} ${box.dataset.name}`);
        chip.addEventListener("click", () => {
          box.checked = false;
          show();
          (chips.querySelector("button") || button).focus();
        });
        const item = document.createElement("li");
        item.append(chip);
        return item;
      }),
    );
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
    // Whoever returns a sheet mostly names cells of it. Not on the toggle, which may come after the keys that follow.
    back.querySelector("summary").addEventListener("click", () => mark(!back.open));
    if (back.open) mark(true);
    // Before the cell's own click, which would open it beside the sheet.
    document.addEventListener("click", (event) => {
      const box = event.target.closest?.("td.linked")?.querySelector(".name-cell");
      if (!box || !page.classList.contains("marking")) return;
      event.stopPropagation();
      if (event.target !== box) {
        event.preventDefault();
        box.checked = !box.checked;
      }
      show();
    }, true);
    show();
  } else if (button) {
    only.closest("p").hidden = true;
  }

  // A double click sends once.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".decide form");
    if (!form) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll(".decide form")) delete form.dataset.sent;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest('input:not([type="checkbox"]), textarea, select')) return;
    const key = event.key.toLowerCase();
    if (key === "m" && back) {
      event.preventDefault();
      if (!back.open) {
        back.open = true;
        if (boxes.length) mark(true);
      } else if (!button.hidden) button.click();
      return;
    }
    if (key === "escape" && page.classList.contains("marking")) {
      mark(false);
      return;
    }
    if (key === "escape" && back?.open) {
      back.open = false;
      back.querySelector("summary").focus();
      return;
    }
    const way = document.querySelector(`.decide .place [data-key="${CSS.escape(key)}"]`);
    if (way) {
      event.preventDefault();
      way.click();
      return;
    }
    // Only the focus: a letter alone accepts nothing, Enter does.
    const step = document.querySelector(`.decide [data-focus-key="${CSS.escape(key)}"]`);
    if (step) {
      event.preventDefault();
      step.focus();
    }
  });
})();
