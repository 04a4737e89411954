// Under a field that names a firm, those of the register whose names or codes hold what is typed: a combobox by
// keyboard. Who chooses none of them has written a text, and that is stored all the same.
const WAIT = 150; // milliseconds after the last key

for (const field of document.querySelectorAll("input[data-firms]")) {
  const list = document.createElement("ul");
  list.className = "firm-options";
  list.id = `${field.id}-firms`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.textContent.trim() ?? "");
  const around = document.createElement("span");
  around.className = "firm-field";
  field.replaceWith(around);
  around.append(field, list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  const recent = field.getAttribute("list"); // what was written lately shows where the register knows nothing
  let asked = 0;
  let timer;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const marked = () => list.querySelector('[aria-selected="true"]');
  const close = () => {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (option) => {
    marked()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const chosen = () => field.form.querySelector('input[type=hidden][name="firm"]');
  const choose = (option) => {
    let kept = chosen();
    if (!kept) {
      kept = document.createElement("input");
      kept.type = "hidden";
      kept.name = "firm";
      field.form.append(kept);
    }
    kept.value = option.dataset.firm;
    field.value = option.dataset.name;
    close();
  };
  const ask = async () => {
    const mine = ++asked;
    const text = field.value.trim();
    if (!text) return close();
    const answer = await fetch(`${field.dataset.firms}?${new URLSearchParams({ text })}`).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== asked) return;
    const page = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
    if (mine !== asked || document.activeElement !== field) return;
    const found = [...page.querySelectorAll("[role=option]")];
    for (const option of found) option.id = `${field.id}-${option.id}`;
    list.replaceChildren(...found);
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
    if (recent) found.length ? field.removeAttribute("list") : field.setAttribute("list", recent);
  };
  field.addEventListener("input", () => {
    chosen()?.remove(); // another text may be another firm
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const all = options();
    const at = all.indexOf(marked());
    if (event.key === "ArrowDown") mark(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") mark(all[at < 1 ? all.length - 1 : at - 1]);
    else if (event.key === "Enter" && at >= 0) choose(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}
