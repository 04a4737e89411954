// A number of a report opens its evidence beside the report; without this script it is a link to a page of its own.
"use strict";
(() => {
  const pane = document.getElementById("evidence");
  if (!pane) return;
  const hint = pane.innerHTML;
  const narrow = window.matchMedia("(max-width: 1000px)");
  let opener = null;
  const unmark = () => {
    for (const link of document.querySelectorAll("[data-numbers] a[aria-current]")) {
      link.removeAttribute("aria-current");
    }
  };
  const failed = () => {
    pane.replaceChildren(
      Object.assign(document.createElement("p"), {
        className: "notice error number-card",
        role: "alert",
        textContent: pane.dataset.failed,
      }),
    );
  };
  const open = (link) => {
    if (link.closest("[data-numbers]")) {
      opener = link;
      unmark();
      link.setAttribute("aria-current", "true");
    }
    htmx.ajax("GET", link.href, { target: pane, swap: "innerHTML" });
  };
  const close = () => {
    pane.innerHTML = hint;
    unmark();
    if (opener?.isConnected) opener.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest(".number-close")) return close();
    const link = event.target.closest("[data-numbers] a[data-code], #evidence .operands a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest(".evidence")) close();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== pane) return;
    pane.parentElement.scrollTop = 0;
    if (narrow.matches && opener) opener.scrollIntoView(); // the evidence comes up over the lower part of the report
    pane.querySelector("h2")?.focus({ preventScroll: true });
  });
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.target === pane) failed();
    });
  }
})();
