// `/` and Ctrl+K open the search from anywhere, arrows choose, Enter opens, Esc closes; `?`, in a field
// Ctrl+/, lists the keys of the page.
// Without this script the field on top leads to the same search as a page.
const box = document.getElementById("search-box");
const field = document.getElementById("search-everywhere");
const hits = document.getElementById("search-hits");
const keys = document.getElementById("keys-box");

const options = () => [...hits.querySelectorAll("a")];
const chosen = () => hits.querySelector("a.chosen");

function choose(link) {
  chosen()?.classList.remove("chosen");
  field.removeAttribute("aria-activedescendant");
  if (!link) return;
  link.classList.add("chosen");
  field.setAttribute("aria-activedescendant", link.id);
  link.scrollIntoView({ block: "nearest" });
}

function openSearch() {
  const page = document.getElementById("search-text"); // the search's own page
  if (page) {
    page.focus();
    page.select();
    return;
  }
  keys.close();
  if (!box.open) box.showModal();
  field.focus();
  field.select();
}

// What the page says of its own keys: elements that name them, by their words.
function listKeys() {
  const list = keys.querySelector("dl");
  for (const old of list.querySelectorAll("[data-found]")) old.remove();
  const named = [...document.querySelectorAll("[aria-keyshortcuts], [data-keys]")];
  const seen = new Set(["/ Control+K"]);
  for (const element of named.filter((one) => one.dataset.keys || one.getClientRects().length)) {
    const names = element.dataset.keys ?? element.getAttribute("aria-keyshortcuts");
    if (seen.has(names)) continue;
    seen.add(names);
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    for (const name of names.split(" ")) {
      const key = document.createElement("kbd");
      key.textContent = name.replace("Control", "Ctrl").replace(/^[a-z]$/, (letter) => letter.toUpperCase());
      term.append(key, " ");
    }
    const copy = element.cloneNode(true);
    for (const key of copy.querySelectorAll("kbd, [aria-hidden]")) key.remove();
    words.textContent = (element.dataset.words ?? element.getAttribute("aria-label") ?? copy.textContent)
      .replace(/\s+/g, " ").trim();
    term.dataset.found = words.dataset.found = "";
    list.append(term, words);
  }
  if (!keys.open) keys.showModal();
}

if (box) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const held = event.ctrlKey || event.metaKey;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (held && event.key.toLowerCase() === "k" && !event.target.closest("[contenteditable]")) {
      event.preventDefault();
      openSearch();
    } else if (held ? event.key === "/" : !typing && (event.key === "/" || event.key === "?")) {
      if (document.querySelector("dialog:modal:not(.search-box)")) return;
      event.preventDefault();
      if (event.key === "?" || held) listKeys();
      else openSearch();
    }
  });
  document.getElementById("search")?.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    openSearch();
  });
  document.querySelector(".to-search")?.addEventListener("click", (event) => {
    event.preventDefault();
    openSearch();
  });
  for (const dialog of [box, keys]) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
  hits.addEventListener("htmx:afterSwap", () => {
    options().forEach((link, n) => link.id = `search-hit-${n}`);
    choose(options()[0]);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[at < 1 ? all.length - 1 : at - 1]);
    else if (event.key === "Enter" && chosen() && hits.dataset.of === field.value) chosen().click();
    else return;
    event.preventDefault();
  });
  // Enter pressed before the answer is there opens the page of all that is found, never a line of an older answer.
  hits.addEventListener("htmx:beforeSwap", (event) => {
    hits.dataset.of = new URL(event.detail.xhr.responseURL).searchParams.get("q");
  });
}
