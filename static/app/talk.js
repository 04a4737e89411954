// A cell opens beside its sheet and closes again; half a comment outlives a reload; a failed request says so and loses
// nothing. For pages with `#cell-panel` or `.attachments`; the requests themselves are htmx's.
"use strict";
(() => {
  const MB = 1024 * 1024;
  const panel = document.getElementById("cell-panel");
  const words = document.querySelector('meta[name="talk-words"]').dataset;
  const narrow = window.matchMedia("(max-width: 760px)");
  let opener = null;

  // Other requests of the page are none of this script's business.
  const ours = (event) => event.detail.target?.closest?.("#cell-panel, .attachments");
  const absolute = (path) => new URL(path, location.href);
  const say = (place, sentence) => {
    const root = place.closest(".cell, .attachments") || panel;
    let line = root.querySelector(".failed");
    if (!line) {
      line = Object.assign(document.createElement("p"), {
        className: "notice error failed",
        role: "alert",
        tabIndex: -1,
      });
      root.prepend(line);
    }
    for (const earlier of root.querySelectorAll(".notice:not(.failed)")) earlier.remove();
    line.textContent = sentence;
    line.hidden = false;
    line.focus();
  };

  // The open cell: marked in the sheet and in the address.
  const links = (condition) => document.querySelectorAll(`.cell-link${condition}`);
  const unmark = () => {
    for (const link of links("[aria-current]")) link.removeAttribute("aria-current");
  };
  const mark = (code) => {
    unmark();
    for (const link of links(`[data-cell="${CSS.escape(code)}"]`)) {
      link.setAttribute("aria-current", "true");
      history.replaceState(history.state, "", link.href);
      if (narrow.matches) link.closest("td").scrollIntoView(); // the cell comes up over the lower part of the sheet
    }
  };
  const close = () => {
    const current = opener?.isConnected ? opener : links("[aria-current]")[0];
    if (links("[aria-current]").length) history.replaceState(history.state, "", location.pathname);
    unmark();
    const hint = Object.assign(document.createElement("p"), {
      className: "muted",
      textContent: panel.dataset.empty || "",
    });
    panel.replaceChildren(hint);
    panel.closest(".rail")?.scrollTo(0, 0);
    current?.focus();
  };
  document.addEventListener("click", (event) => {
    if (!panel || !event.target.closest("#cell-panel .cell-close")) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !event.target.closest("#cell-panel")) return;
    event.preventDefault();
    close();
  });

  // What is being written is kept in this tab, for this person, until it is sent.
  const DRAFTS = "form[hx-post] [data-draft]";
  const draft = (address) => `talk:${words.person}:${address}`;
  const restoreDrafts = (root) => {
    for (const field of root.querySelectorAll(DRAFTS)) {
      if (!field.value) field.value = sessionStorage.getItem(draft(field.form.action)) || "";
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches(DRAFTS)) sessionStorage.setItem(draft(event.target.form.action), event.target.value);
  });
  restoreDrafts(document);

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, target } = event.detail;
    if (target === panel && !panel.contains(elt)) opener = elt;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!ours(event)) return;
    const { requestConfig, xhr } = event.detail;
    if (requestConfig.verb === "post" && xhr.status < 300) {
      sessionStorage.removeItem(draft(absolute(requestConfig.path).href));
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.target.closest("#cell-panel, .cell, .attachments");
    if (!part) return;
    restoreDrafts(part);
    const cell = panel?.querySelector(".cell");
    if (cell && panel.contains(part)) mark(cell.dataset.code);
    (part.querySelector("[data-focus]") || part.querySelector("h2"))?.focus();
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (ours(event)) say(event.target, words.offline);
    });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const sentence = { 401: words.signedOut, 403: words.refused }[event.detail.xhr.status] ?? words.failed;
    if (ours(event)) say(event.target, sentence);
  });

  // What the server counted of a cell's open comments, to stand beside the cell.
  document.addEventListener("talk", (event) => {
    const code = CSS.escape(event.detail.code);
    for (const old of document.querySelectorAll(`.mark[data-mark="${code}"]`)) old.remove();
    document.querySelector(`[data-cell="${code}"], input[data-code="${code}"]`)?.insertAdjacentHTML(
      "afterend",
      event.detail.mark,
    );
  });

  // Files: what is too big is said before it is sent, and then how far the sending is.
  document.addEventListener("htmx:confirm", (event) => {
    const files = [...(event.target.querySelector('input[type="file"]')?.files || [])];
    const large = files.find((file) => file.size > 20 * MB);
    const together = files.reduce((sum, file) => sum + file.size, 0);
    let wrong = "";
    if (large) wrong = words.tooBig.replace("{name}", () => large.name);
    else if (files.length > 20) wrong = words.tooMany;
    else if (together > 100 * MB) wrong = words.tooMuch;
    if (!wrong) return;
    event.preventDefault();
    say(event.target, wrong);
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (event.detail.loaded / event.detail.total) * 100;
  });
})();
