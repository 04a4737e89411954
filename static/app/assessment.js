// A reviewer's way through the queue by keyboard: J next, K before, F and S take points, E to the field.
"use strict";
(() => {
  const form = document.getElementById("review");
  const points = form.querySelector('[name="points"]');

  for (const button of form.querySelectorAll("[data-take]")) {
    button.addEventListener("click", () => {
      points.value = button.dataset.take;
      points.focus();
    });
  }

  // A double click sends once.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  globalThis.addEventListener("pageshow", () => delete form.dataset.sent);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "j") document.getElementById("after")?.click();
    else if (key === "k") document.getElementById("before")?.click();
    else if (key === "e") points.focus();
    else form.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
    if (key === "e" || key === "f" || key === "s") event.preventDefault();
  });
})();
