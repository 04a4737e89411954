// Goes through the numbers of a report by keyboard, and keeps what was chosen for the next time the page is opened in
// this tab. Without this script each number is chosen in its list.
"use strict";
(() => {
  const form = document.getElementById("figures");
  const dialog = document.getElementById("find");
  if (!form || !dialog) return;
  const rows = [...form.querySelectorAll("li[data-number]")];
  const choice = (row) => row.querySelector("select");
  const kept = `reading-${form.dataset.kept}`;
  let current = -1;

  const tell = () => {
    const status = document.querySelector("[data-progress]");
    const confirmed = rows.filter((row) => choice(row).value).length;
    status.textContent = `${confirmed}/${rows.length} ${status.dataset.progress}`;
  };

  const keep = () => {
    const chosen = rows.map((row) => {
      const option = choice(row).selectedOptions[0];
      return [choice(row).value, option ? option.text : ""];
    });
    try {
      sessionStorage.setItem(kept, JSON.stringify(chosen));
    } catch {
      // What cannot be kept is chosen once more.
    }
    tell();
  };

  const choose = (row, value, text) => {
    const list = choice(row);
    if (value && ![...list.options].some((option) => option.value === value)) list.add(new Option(text, value));
    list.value = value;
  };

  const restore = () => {
    let chosen = null;
    try {
      chosen = JSON.parse(sessionStorage.getItem(kept));
    } catch {
      return;
    }
    if (!Array.isArray(chosen) || chosen.length !== rows.length) return;
    rows.forEach((row, place) => choose(row, chosen[place][0], chosen[place][1]));
  };

  const go = (place) => {
    if (place < 0 || place >= rows.length) return;
    rows[current]?.classList.remove("current");
    current = place;
    rows[current].classList.add("current");
    choice(rows[current]).focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: "center" });
  };

  const find = (row) => {
    go(rows.indexOf(row));
    document.getElementById("find-name").value = "";
    dialog.returnValue = "";
    dialog.showModal();
  };

  // The code stands last in the brackets behind the name.
  const found = () => {
    const typed = document.getElementById("find-name").value;
    const options = [...document.getElementById("all-indicators").options];
    const option = options.find((one) => one.value === typed) ||
      options.find((one) => one.value.startsWith(`${typed}（`) || one.value.endsWith(`，${typed}）`));
    return option ? [option.value.slice(option.value.lastIndexOf("，") + 1, -1), option.value] : null;
  };

  dialog.addEventListener("close", () => {
    const taken = dialog.returnValue === "take" ? found() : null;
    if (taken) {
      choose(rows[current], `${rows[current].dataset.number}:${taken[0]}`, taken[1]);
      keep();
    }
  });

  const keys = {
    j: () => go(current + 1),
    k: () => go(current - 1),
    x: () => decide(0),
    Enter: () => decide(1),
    f: () => current >= 0 && find(rows[current]),
  };

  const decide = (option) => {
    if (current < 0) return;
    const list = choice(rows[current]);
    list.selectedIndex = Math.min(option, list.options.length - 1);
    keep();
    go(current + 1);
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, button, a, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("li[data-number]");
    if (row && rows.indexOf(row) !== current) go(rows.indexOf(row));
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-find]")) find(event.target.closest("li[data-number]"));
  });
  form.addEventListener("change", keep);
  restore();
  tell();
})();
