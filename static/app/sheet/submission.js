// An unsettled sheet is not submitted: first everything goes, then what could not be stored is shown.
import { byId, form, NOT_STORED, words } from "./page.js";

const PAUSE = 100; // ms
const MOST_PAUSES = 100;

async function settled(save) {
  await save.flush();
  for (let i = 0; i < MOST_PAUSES && save.count() && byId("trouble").hidden; i++) {
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

export function submitWhenSaved(save) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    button.disabled = true;
    await settled(save);
    button.disabled = false;
    const wrong = form.querySelector(NOT_STORED);
    if (!save.count() && !wrong) return form.submit();
    byId("trouble").hidden = false;
    byId("trouble").textContent = wrong ? words.correctFirst : words.notSent;
    wrong?.focus();
  });
}
