// The list of sheets shows when it is wanted, and only those that are reported by the chosen frequency in the chosen year.
"use strict";
(() => {
  const kind = document.getElementById("id_kind");
  const year = document.getElementById("id_year");
  const list = document.getElementById("sheets");
  // "2022:year 2025:quarter :month": until which years, and how often. The last one has no end.
  const frequencyIn = (frequencies) =>
    frequencies.split(" ").map((span) => span.split(":")).find(([until]) => !until || year.value <= Number(until))[1];
  const show = () => {
    list.hidden = document.querySelector('input[name="which"]:checked')?.value !== "some";
    for (const label of list.querySelectorAll("[data-frequencies]")) {
      label.hidden = frequencyIn(label.dataset.frequencies) !== kind.value;
    }
  };
  document.addEventListener("input", show);
  document.addEventListener("change", show);
  show();
})();
