// A figure is found by its name and put into the sentence: typed after / or @, or looked for in the field below.
import { insert } from "./field.js";
import { nodes } from "./sentence.js";

const TRIGGERS = "/@／＠";
const options = (list) => [...list.querySelectorAll("[data-token]")];

// Into the list of what a table or chart is made of, each once.
const collect = (chosen, option, input) => {
  const { code } = option.dataset;
  input.value = "";
  input.dispatchEvent(new Event("input"));
  if (chosen.querySelector(`input[value="${CSS.escape(code)}"]`)) return;
  const item = document.createElement("li");
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "link" });
  drop.dataset.drop = "yes";
  drop.textContent = chosen.dataset.drop;
  item.append(
    Object.assign(document.createElement("input"), { type: "hidden", name: "code", value: code }),
    option.querySelector("span").textContent,
    " ",
    drop,
  );
  chosen.append(item);
};
document.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-chosen] [data-drop]");
  const search = drop?.closest("form").querySelector("[role=combobox]");
  drop?.closest("li").remove();
  search?.focus();
});

const finder = (box) => {
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const rich = box.closest("form").querySelector(".rich");
  const chosen = box.closest("form").querySelector("[data-chosen]");
  let place = null, isTyped = false, asked = 0, timer = 0;

  const choose = (option) => {
    for (const one of options(list)) one.setAttribute("aria-selected", String(one === option));
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (html) => {
    list.innerHTML = html;
    options(list).forEach((option, at) => option.id = `${list.id}-${at}`);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(options(list)[0]);
  };
  const ask = async () => {
    const number = ++asked;
    const address = `${box.dataset.address}&q=${encodeURIComponent(input.value)}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (number !== asked || !box.isConnected || (document.activeElement !== input)) return;
    if (answer?.ok && !answer.redirected) show(await answer.text());
    else {
      list.replaceChildren(Object.assign(document.createElement("li"), { textContent: box.dataset.failed }));
      list.hidden = false;
    }
  };
  const close = () => {
    asked += 1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const back = () => {
    if (!rich) return close();
    rich.focus();
    if (place) {
      getSelection().removeAllRanges();
      getSelection().addRange(place);
    }
  };
  // What was typed to find something is given back to the text where nothing was found.
  const leave = () => {
    const words = isTyped ? input.value : "";
    input.value = "";
    back();
    if (words) insert(rich, [[words]]);
  };
  const take = (option) => {
    if (!option) return;
    if (chosen) return collect(chosen, option, input);
    const { token } = option.dataset, hasMark = isTyped;
    input.value = "";
    back();
    if (hasMark) getSelection().modify("extend", "backward", "character"); // the mark that led here
    insert(rich, [[...nodes(token).childNodes]]);
  };

  rich?.addEventListener("blur", () => {
    const selection = getSelection();
    if (selection.rangeCount && rich.contains(selection.anchorNode)) place = selection.getRangeAt(0).cloneRange();
  });
  rich?.addEventListener("input", (event) => {
    if (!event.data || !TRIGGERS.includes(event.data.at(-1)) || event.isComposing) return;
    const { focusNode, focusOffset } = getSelection();
    const before = focusNode.nodeType === Node.TEXT_NODE ? focusNode.data[focusOffset - 2] : "";
    if (/[A-Za-z0-9]/.test(before ?? "")) return; // mg/kg, 1/3, an address
    isTyped = true;
    input.focus();
  });
  input.addEventListener("focus", ask);
  input.addEventListener("blur", () => {
    isTyped = false;
    close();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options(list), at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(all.at((at + step) % all.length));
    else if (event.key === "Enter" && !event.ctrlKey) take(all[at]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    take(event.target.closest("[data-token]"));
  });
};
export const findFigures = (root) => {
  for (const box of root.querySelectorAll("[data-find-figure]:not([data-ready])")) {
    box.dataset.ready = "yes";
    finder(box);
  }
};
