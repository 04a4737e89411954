// What is wrong with a field stands under its table, and is tied to the field for screen readers.
import { format } from "./format.js";
import { boxOf, byId, cells, form, make, nameOf, words } from "./page.js";

const problemsOf = (field) => (field.closest(".scroll") ?? field.parentElement).nextElementSibling.querySelector("ul");

// Changes what describes a field: takes away the ids that match, adds one.
export function describe(field, without, id) {
  if (!field) return;
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && !without?.test(one));
  field.setAttribute("aria-describedby", [...ids, ...(id ? [id] : [])].join(" "));
}

// `content`: strings and elements, or null where nothing is wrong any more.
export function showProblem(field, content) {
  const id = `${field.id}-problem`;
  byId(id)?.remove();
  const list = problemsOf(field);
  if (content) {
    const item = make("li", "", { id });
    item.append(make("a", nameOf(field), { href: `#${field.id}` }), words.colon, ...content);
    list.append(item);
  }
  list.parentElement.classList.toggle("none", !list.children.length);
  describe(field, /-problem$/, content ? id : "");
}

// The sentence on a conflict and its two choices; `choose(mine)` is called with the one taken.
export function conflictChoice(field, conflict, choose) {
  const mine = field.value || words.empty;
  const theirs = conflict.theirs_shown || words.empty;
  const choice = (text, isMine) => {
    const button = make("button", text, { type: "button", className: "link" });
    button.addEventListener("click", () => {
      choose(isMine);
      field.focus();
    });
    return button;
  };
  return [
    format(words.conflict, { by: conflict.by, at: conflict.at, theirs, mine }),
    " ",
    choice(format(words.useMine, { mine }), true),
    " ",
    choice(format(words.useTheirs, { theirs }), false),
  ];
}

// In a conflict Tab leads to the choice, which stands under the table, and from it to the next cell.
function tabFrom(place, back) {
  if (cells.includes(place)) {
    const isConflict = !back && boxOf(place).dataset.state === "conflict";
    return isConflict ? byId(`${place.id}-problem`)?.querySelector("button") : null;
  }
  const choices = [...place.closest(".cell-problems li")?.querySelectorAll("button") ?? []];
  const own = cells.indexOf(byId(place.closest("li")?.id.replace(/-problem$/, "")));
  if (!choices.includes(place) || own < 0 || place !== choices.at(back ? 0 : -1)) return null;
  return cells[own + (back ? 0 : 1)];
}

export function tabThroughConflicts() {
  form.addEventListener("keydown", (event) => {
    const next = event.key === "Tab" ? tabFrom(event.target, event.shiftKey) : null;
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
