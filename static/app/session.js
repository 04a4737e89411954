// The end of a sign-in is told before it comes, and what was typed outlives it: in the page, where the person signs in
// again in another tab, and in a form that was sent too late, which comes back filled.
"use strict";
(() => {
  const dialog = document.getElementById("session");
  const { person, address, warn } = dialog.dataset;
  const words = dialog.querySelector("[data-words]").dataset;
  const text = dialog.querySelector("p");
  const stay = dialog.querySelector("button[value=stay]");
  const again = dialog.querySelector("a");
  const LOOK = 10_000; // ms
  const KEPT = "zhibao:form";
  const cookie = (name) =>
    document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  let ends = Date.now() + dialog.dataset.left * 1000;
  let asked = 0;
  let closed = ""; // what the dialog said when the person closed it

  // The other tabs of the person keep the session too, so the server is asked. `null`: it cannot be reached.
  async function ask(method = "GET") {
    const background = method === "GET" ? { "X-Background": "1" } : {};
    asked = Date.now();
    const headers = { "X-CSRFToken": cookie("csrftoken") ?? "", ...background };
    const answer = await fetch(address, { method, headers }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  function say(kind, minutes = 0) {
    text.textContent = words[kind].replace("{minutes}", minutes);
    stay.hidden = kind !== "soon";
    again.hidden = kind === "soon";
    if (dialog.open || closed === kind) return;
    closed = "";
    dialog.dataset.says = kind;
    dialog.showModal();
  }

  function apply(state) {
    if (!state) return;
    if (!state.person) return say("ended");
    if (String(state.person) !== person) return say("other");
    ends = Date.now() + state.left * 1000;
    if (state.left > warn) {
      closed = "";
      dialog.close("renewed");
    } else {
      const kind = state.longest > state.left ? "soon" : "longest";
      say(kind, Math.max(1, Math.ceil(state.left / 60)));
    }
  }

  const look = async () => {
    if (dialog.open || ends - Date.now() < warn * 1000) apply(await ask());
  };
  // In another tab they may have signed out or in again meanwhile.
  const back = async () => {
    if (document.hidden || Date.now() - asked < LOOK) return;
    apply(await ask());
  };
  setInterval(look, LOOK);
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  stay.addEventListener("click", async () => apply(await ask("POST")));
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "renewed") closed = dialog.dataset.says;
    dialog.returnValue = "";
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) ask().then(apply);
  });

  // Signing in again in another tab changes the token that the page was made with.
  document.addEventListener("submit", ({ target: { elements } }) => {
    const token = elements.csrfmiddlewaretoken;
    if (token) token.value = cookie("csrftoken") ?? token.value;
  }, true);
  document.addEventListener("htmx:configRequest", ({ detail: { verb, parameters } }) => {
    if (verb === "post") parameters.csrfmiddlewaretoken = cookie("csrftoken") ?? parameters.csrfmiddlewaretoken;
  });

  // Forms that are pages of their own.
  const isTyped = (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const isKept = (field) => isTyped(field) || (field.type === "hidden" && field.name !== "csrfmiddlewaretoken");
  const isOn = (field) => !["checkbox", "radio"].includes(field.type) || field.checked;
  const values = (field) => [...field.selectedOptions ?? [field]].map((one) => [field.name, one.value]);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    const fields = [...form.elements];
    if (!fields.some(isTyped)) return;
    const sent = fields.filter((field) => isKept(field) && isOn(field)).flatMap(values);
    const place = { page: location.pathname + location.search, form: [...document.forms].indexOf(form) };
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ person, ...place, sent }));
    } catch {
      sessionStorage.removeItem(KEPT);
    }
  });

  function fill(form, sent) {
    const left = new Map();
    for (const [name, value] of sent) left.set(name, [...left.get(name) ?? [], value]);
    for (const field of [...form.elements].filter(isKept)) {
      const found = left.get(field.name) ?? [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = found.includes(field.value);
      else if (field.multiple) { for (const one of field.options) one.selected = found.includes(one.value); }
      else if (found.length) field.value = found.shift();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: words.restored });
    notice.setAttribute("role", "status");
    form.before(notice);
  }

  // It is there still when the page of the sign-in, or one that says what went wrong, came in place of an answer.
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  const went = performance.getEntriesByType("navigation")[0]?.type;
  if (kept && kept.person === person && (kept.interrupted || went === "back_forward")) {
    const form = document.forms[kept.form];
    if (kept.page === location.pathname + location.search && form) {
      sessionStorage.removeItem(KEPT);
      fill(form, kept.sent);
    }
  } else sessionStorage.removeItem(KEPT);
})();
