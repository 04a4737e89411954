// Every field saves itself, so neither a lost connection nor a closed tab nor an expired sign-in costs a keystroke.
import { kept, outcome, prefixOf, send } from "./store.js";

const IDLE = 400; // ms without a key before an unfinished cell is saved; a finished one goes at once
const TOGETHER = 20; // ms to wait for more cells to go along, as after a paste
const RETRY = [2000, 5000, 15000, 30000];
const MOST = 500; // fields a request
const UNANSWERED = 15; // texts of a field that are remembered
const FATAL = [400, 404, 409]; // sending the same again would not help

const keyOf = (
  field,
) => (field.dataset.code ? `figures:${field.dataset.code}` : `narratives:${field.dataset.question}`);

// `on` hears: state(field, state, problem), applied(answer), trouble(kind, sentence), calm(at).
export function saver(form, on) {
  const { person, submission, cells: address } = form.dataset;
  const prefix = prefixOf(person, submission);
  const fields = new Map(
    [...form.querySelectorAll("[data-code], [data-question]")].map((field) => [keyOf(field), field]),
  );
  const waiting = new Set();
  const unanswered = new Map(); // key -> texts that the server may have stored although its answer never came
  const restored = new Map(); // key -> what the field asked for when an earlier visit typed, until it is typed in again
  let busy = null; // what is under way, see `entry`
  let timer = null;
  let failures = 0;
  let closed = false;

  const seen = (field) => field.dataset.seen ?? field.defaultValue;
  const entry = (key) => ({
    text: fields.get(key).value,
    seen: [seen(fields.get(key)), ...unanswered.get(key) ?? []],
    asked: restored.has(key) ? restored.get(key) : fields.get(key).dataset.asked,
  });
  const keep = (key) => {
    try {
      localStorage.setItem(prefix + key, JSON.stringify(entry(key)));
    } catch {
      on.trouble("storage");
    }
  };
  const drop = (key) => localStorage.removeItem(prefix + key);

  function touched(field, delay = IDLE) {
    const key = keyOf(field);
    restored.delete(key);
    if (field.value === field.defaultValue && !busy?.has(key) && !unanswered.get(key)?.length) {
      waiting.delete(key);
      drop(key);
      on.state(field, "");
      return;
    }
    waiting.add(key);
    keep(key);
    on.state(field, "waiting");
    schedule(delay);
  }

  function schedule(delay) {
    clearTimeout(timer);
    const pause = failures ? RETRY[Math.min(failures, RETRY.length) - 1] : 0;
    timer = setTimeout(flush, Math.max(delay, pause));
  }

  async function flush(keepalive = false) {
    clearTimeout(timer);
    if (busy || closed || !waiting.size) return;
    const entries = new Map([...waiting].slice(0, MOST).map((key) => [key, entry(key)]));
    busy = entries;
    for (const key of entries.keys()) {
      waiting.delete(key);
      on.state(fields.get(key), "saving");
    }
    const { status, answer } = await send(
      address,
      form.elements.csrfmiddlewaretoken.value,
      entries,
      keepalive === true,
    );
    busy = null;
    if (status === 200 && answer) {
      failures = 0;
      settle(entries, answer);
    } else failed(entries, status, answer);
  }

  function failed(entries, status, answer) {
    for (const [key, { text }] of entries) {
      unanswered.set(key, [...new Set([...unanswered.get(key) ?? [], text])].slice(-UNANSWERED));
      waiting.add(key);
      keep(key);
      on.state(fields.get(key), "waiting");
    }
    failures += 1;
    closed = FATAL.includes(status);
    on.trouble(
      { 400: "refused", 401: "expired", 403: "refused", 404: "refused", 409: "closed" }[status] ?? "offline",
      answer?.error,
    );
    if (!closed) schedule(0);
  }

  function settle(entries, answer) {
    for (const key of entries.keys()) {
      const field = fields.get(key);
      const { stored, shown, conflict, refused } = outcome(key, answer);
      unanswered.delete(key);
      if (stored !== undefined) setStored(field, stored, shown);
      if (waiting.has(key)) {
        keep(key);
        continue;
      } // typed on meanwhile
      if (stored === undefined) {
        on.state(field, conflict ? "conflict" : "invalid", conflict ?? refused);
        continue;
      }
      drop(key);
      if (field !== document.activeElement) field.value = field.defaultValue;
      on.state(field, "saved");
    }
    on.applied(answer);
    if (waiting.size) schedule(TOGETHER);
    else on.calm(answer.at);
  }

  // What the server has now stands as the field's default value, and as it is stored where that reads otherwise.
  function setStored(field, stored, shown) {
    field.defaultValue = shown;
    if (stored === shown) delete field.dataset.seen;
    else field.dataset.seen = stored;
  }

  // Theirs was there first: keep it, or put mine over it knowingly.
  function choose(field, conflict, mine) {
    setStored(field, conflict.theirs, conflict.theirs_shown);
    if (!mine) field.value = field.defaultValue;
    touched(field, 0);
  }

  // What an earlier visit could not send; returns how many fields.
  function restore() {
    const found = [...kept(person).get(submission) ?? []].filter(([key]) => fields.has(key));
    for (const [key, { text, seen: before, asked }] of found) {
      const field = fields.get(key);
      if (text === field.defaultValue) {
        drop(key);
        continue;
      }
      const [began, ...sent] = [before].flat();
      field.value = text;
      field.dataset.seen = began;
      unanswered.set(key, sent);
      restored.set(key, asked);
      waiting.add(key);
      on.state(field, "waiting");
    }
    if (waiting.size) schedule(0);
    return waiting.size;
  }

  const again = () => {
    if (waiting.size && !closed) {
      failures = 0;
      flush();
    }
  };
  window.addEventListener("online", again);
  window.addEventListener("focus", () => failures && again());
  document.addEventListener("visibilitychange", () => (document.hidden ? flush(true) : failures && again()));
  form.addEventListener("focusout", ({ target: field }) => {
    const key = keyOf(field);
    if (!fields.has(key)) return;
    if (waiting.has(key)) schedule(TOGETHER);
    else if (field.closest("[data-state=saved]")) field.value = field.defaultValue; // `1,548 吨` becomes 1548
  });

  return { touched, choose, restore, flush, count: () => waiting.size + (busy?.size ?? 0), isClosed: () => closed };
}
