// The days follow the chosen period, as long as nobody has typed others. The list of sheets shows when it is wanted, and only those that are reported by the chosen frequency in the chosen year.
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
  const days = ["opens", "due"].map((name) => document.getElementById(`id_${name}`));
  let proposed = days.map((field) => field.value);
  let asked = 0;
  const follow = async (event) => {
    if (!["year", "kind", "number"].includes(event.target.name)) return;
    const number = document.getElementById("id_number");
    const mine = ++asked;
    const answer = await fetch(`?${new URLSearchParams({ year: year.value, kind: kind.value, number: number.value })}`);
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const usual = days.map((field) => page.getElementById(field.id)?.value ?? field.value);
    days.forEach((field, n) => {
      if (field.value === proposed[n]) field.value = usual[n];
    });
    proposed = usual;
  };
  document.addEventListener("change", follow);
  document.addEventListener("input", show);
  document.addEventListener("change", show);
  show();
})();
