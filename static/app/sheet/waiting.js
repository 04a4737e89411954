// On every other page: sends what a closed sheet could not, and says what still waits.
import { format } from "./format.js";
import { kept, outcome, prefixOf, send } from "./store.js";

const box = document.getElementById("waiting");
const words = box.dataset;
const link = (text, href) => Object.assign(document.createElement("a"), { textContent: text, href });

async function sendAll() {
  box.replaceChildren();
  for (const [submission, entries] of kept(words.person)) {
    const { status, answer } = await send(words.cells.replace("/0/", `/${submission}/`), words.token, entries);
    const refusals = new Set(answer?.error ? [answer.error] : []);
    const drop = (key) => localStorage.removeItem(prefixOf(words.person, submission) + key);
    if (status === 200) {
      for (const key of entries.keys()) {
        const { stored, refused } = outcome(key, answer);
        if (refused) refusals.add(refused);
        if (stored === undefined) continue;
        drop(key);
        entries.delete(key);
      }
    }
    if (!entries.size) continue;
    const line = document.createElement("p");
    line.append(
      format(words.left, {
        count: entries.size,
        texts: [...entries.values()].slice(0, 5).map((one) => `“${one.text}”`).join("、"),
      }),
      " ",
    );
    for (const refusal of refusals) line.append(refusal, " ");
    if (status !== 404 && status !== 409) {
      line.append(link(words.open, words.sheet.replace("/0/", `/${submission}/`)), " ");
    }
    if (status === 200 || status === 404 || status === 409) {
      const discard = Object.assign(document.createElement("button"), {
        type: "button",
        className: "link",
        textContent: words.discard,
      });
      discard.addEventListener("click", () => {
        for (const key of entries.keys()) drop(key);
        line.remove();
        box.hidden = !box.children.length;
      });
      line.append(discard);
    }
    box.append(line);
  }
  box.hidden = !box.children.length;
}

sendAll();
window.addEventListener("online", sendAll);
