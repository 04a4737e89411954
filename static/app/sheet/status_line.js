// Whether everything is saved: in the line under the title, and in a box above the tables where it is not.
import { format } from "./format.js";
import { byId, form, make, words } from "./page.js";

const box = byId("trouble");
const line = byId("saving");

// `kind` names one of the words, `sentence` is the server's own; `count` fields wait.
export function showTrouble(kind, sentence, count) {
  box.hidden = false;
  form.classList.add("unsent");
  box.replaceChildren(sentence || words[kind], " ", format(words.kept, { count }));
  if (kind === "expired") box.append(" ", make("a", words.signIn, { href: form.dataset.signIn }));
  line.textContent = format(words.waiting, { count });
}

export function showSaved(at) {
  box.hidden = true;
  form.classList.remove("unsent");
  line.textContent = format(words.saved, { at });
}

export function showRestored(count) {
  line.textContent = format(words.restored, { count });
}
