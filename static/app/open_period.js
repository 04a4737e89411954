// The list of sheets shows when it is wanted, and only those of the chosen frequency.
"use strict";
(() => {
  const kind = document.getElementById("id_kind");
  const list = document.getElementById("sheets");
  const show = () => {
    list.hidden = document.querySelector('input[name="which"]:checked')?.value !== "some";
    for (const group of list.querySelectorAll("[data-kind]")) group.hidden = group.dataset.kind !== kind.value;
  };
  document.addEventListener("change", show);
  show();
})();
