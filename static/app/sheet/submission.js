// An unsettled sheet is not submitted: first everything goes, then what could not be stored is shown.
import { byId, form, NOT_STORED, words } from "./page.js";

const PAUSE = 100; // ms
const MOST_PAUSES = 100; // the first retries after a failed save lie within

async function settled(save) {
  await save.flush();
  for (let i = 0; i < MOST_PAUSES && save.count() && !save.isClosed(); i++) {
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

export function submitWhenSaved(save) {
  const submit = form.querySelector("button[name=then]");
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || submit.disabled) return;
    event.preventDefault();
    submit.focus(); // what was being typed is finished
    form.requestSubmit(submit);
  });
  const refusal = byId("not-submitted");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    refusal.hidden = true;
    button.disabled = true;
    await settled(save);
    button.disabled = false;
    const wrong = form.querySelector(NOT_STORED);
    if (!save.count() && !wrong) return form.submit();
    refusal.hidden = false; // until the next try: a save that succeeds later does not submit
    refusal.textContent = wrong ? words.correctFirst : words.notSent;
    wrong?.focus();
  });
}
