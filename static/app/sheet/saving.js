// Every field saves itself. What is typed waits in the browser's storage until the server has it, so neither a
// lost connection nor a closed tab nor an expired sign-in costs a keystroke.
const IDLE = 600; // ms without a key before an unfinished cell is saved; a finished one goes at once
const TOGETHER = 20; // ms to wait for more cells to go along, as after a paste
const RETRY = [2000, 5000, 15000, 30000];
const TIMEOUT = 20000;
const MOST = 500; // fields a request

export const keyOf = (field) => (field.dataset.code ? `figures:${field.dataset.code}` : `narratives:${field.dataset.question}`);
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

// `on` hears: state(field, state, problem), applied(answer), trouble(kind, sentence), calm(at).
export function saver(form, on) {
  const prefix = `zhibao:${form.dataset.person}:${form.dataset.submission}:`;
  const fields = new Map([...form.querySelectorAll("[data-code], [data-question]")].map((field) => [keyOf(field), field]));
  const waiting = new Set();
  let busy = null, timer = null, failures = 0, closed = false;

  const seen = (field) => field.dataset.seen ?? field.defaultValue;
  const keep = (key) => {
    const field = fields.get(key);
    try { localStorage.setItem(prefix + key, JSON.stringify({ text: field.value, seen: seen(field) })); } catch { on.trouble("storage"); }
  };
  const drop = (key) => localStorage.removeItem(prefix + key);

  function touched(field, delay = IDLE) {
    const key = keyOf(field);
    if (field.value === field.defaultValue && !busy?.has(key)) {
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
    timer = setTimeout(flush, failures && delay < RETRY[0] ? RETRY[Math.min(failures, RETRY.length) - 1] : delay);
  }

  function collect() {
    const sent = { figures: {}, seen: {}, narratives: {}, seen_narratives: {} };
    for (const key of busy) {
      const [kind, code] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      sent[kind][code] = fields.get(key).value;
      sent[kind === "figures" ? "seen" : "seen_narratives"][code] = seen(fields.get(key));
    }
    return sent;
  }

  async function flush(keepalive = false) {
    clearTimeout(timer);
    if (busy || closed || !waiting.size) return;
    busy = new Set([...waiting].slice(0, MOST));
    const sent = collect();
    for (const key of busy) { waiting.delete(key); on.state(fields.get(key), "saving"); }
    let response = null, answer = null;
    try {
      response = await fetch(form.dataset.cells, {
        method: "POST", body: JSON.stringify(sent), keepalive: keepalive === true, signal: AbortSignal.timeout(TIMEOUT),
        headers: {
          "Content-Type": "application/json",
          // Signing in again in another tab changes the cookie; the page's own token is then an old one.
          "X-CSRFToken": cookie("csrftoken") ?? form.elements.csrfmiddlewaretoken.value,
        },
      });
      answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    } catch { response = null; }
    const keys = busy;
    busy = null;
    if (response?.ok && answer) { failures = 0; settle(keys, sent, answer); } else { failed(keys, response, answer); }
  }

  function failed(keys, response, answer) {
    for (const key of keys) { waiting.add(key); on.state(fields.get(key), "waiting"); }
    failures += 1;
    const status = response?.status ?? 0;
    closed = status === 409 || status === 404 || status === 400;
    on.trouble({ 0: "offline", 401: "expired", 403: "refused", 404: "refused", 409: "closed" }[status] ?? "offline", answer?.error);
    if (!closed) schedule(0);
  }

  function settle(keys, sent, answer) {
    for (const key of keys) {
      const field = fields.get(key);
      const [kind, code] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      const [stored, conflicts] = kind === "figures" ? [answer.stored, answer.conflicts] : [answer.told, answer.told_conflicts];
      if (code in stored) have(field, stored[code], answer.shown[code] ?? stored[code]);
      if (waiting.has(key)) { keep(key); continue; } // typed on meanwhile
      if (code in stored) {
        drop(key);
        if (field !== document.activeElement) field.value = field.defaultValue;
        on.state(field, "saved");
      } else if (code in conflicts) {
        on.state(field, "conflict", conflicts[code]);
      } else {
        on.state(field, "invalid", answer.refused[code] ?? "");
      }
    }
    on.applied(answer);
    if (waiting.size) schedule(TOGETHER); else on.calm(answer.at);
  }

  // What the server has now stands as the field's default value, and as it is stored where that reads otherwise.
  function have(field, stored, shown) {
    field.defaultValue = shown;
    if (stored === shown) delete field.dataset.seen; else field.dataset.seen = stored;
  }

  // Theirs was there first: keep it, or put mine over it knowingly.
  function choose(field, conflict, mine) {
    have(field, conflict.theirs, conflict.theirs_shown);
    if (!mine) field.value = field.defaultValue;
    touched(field, 0);
  }

  // What an earlier visit could not send.
  function restore() {
    let found = 0;
    for (let i = localStorage.length - 1; i >= 0; i--) {
      const name = localStorage.key(i);
      const field = name.startsWith(prefix) && fields.get(name.slice(prefix.length));
      if (!field) continue;
      const kept = JSON.parse(localStorage.getItem(name));
      if (kept.text === field.defaultValue) { localStorage.removeItem(name); continue; }
      field.value = kept.text;
      field.dataset.seen = kept.seen;
      waiting.add(keyOf(field));
      on.state(field, "waiting");
      found += 1;
    }
    if (found) schedule(0);
    return found;
  }

  const again = () => { if (waiting.size && !closed) { failures = 0; flush(); } };
  window.addEventListener("online", again);
  window.addEventListener("focus", () => failures && again());
  document.addEventListener("visibilitychange", () => (document.hidden ? flush(true) : failures && again()));
  form.addEventListener("focusout", (event) => {
    const field = event.target;
    if (!fields.has(keyOf(field))) return;
    if (waiting.has(keyOf(field))) schedule(TOGETHER);
    else if (field.closest("[data-state=saved]")) field.value = field.defaultValue; // `1,548 吨` becomes 1548
  });

  return {
    touched, choose, restore, flush,
    isSettled: () => !busy && !waiting.size,
    waitingCount: () => waiting.size + (busy?.size ?? 0),
  };
}
