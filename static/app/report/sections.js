// One section of a draft at a time: its outline, J and K and the way back lead from one to the next without the rest of the
// page. Without this script they are links.
const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const follow = (selector) => document.querySelector(selector)?.click();

export const sections = (pane, isDirty) => {
  if (!pane()) return;
  let search = location.search, wantsStale = false;
  const arrive = () => {
    search = location.search;
    const shown = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    (shown ?? pane()).scrollIntoView();
    document.querySelector("#outline [aria-current]")?.scrollIntoView({ block: "nearest" });
    if (wantsStale) showStale();
    else pane().querySelector("[rel=next], [rel=prev]")?.focus({ preventScroll: true });
    wantsStale = false;
  };
  const load = async (address) => {
    await htmx.ajax("GET", address.split("#")[0], { target: pane(), swap: "outerHTML" });
    arrive();
  };
  const showStale = () => {
    const block = pane().querySelector(".is-stale");
    block?.scrollIntoView({ block: "center" });
    block?.querySelector(".stale button")?.focus({ preventScroll: true });
    return Boolean(block);
  };

  // A link from before sections had addresses.
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted && !document.getElementById(wanted) && !location.search) {
    location.replace(`?at=${encodeURIComponent(wanted)}#${wanted}`);
  }
  document.querySelector("#outline [aria-current]")?.scrollIntoView({ block: "nearest" });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-next-stale]")) {
      if (showStale()) return;
      wantsStale = true;
      follow("#outline [data-stale] a");
      return;
    }
    const link = event.target.closest("a[data-section]");
    if (!link || isDirty() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({ section: true }, "", link.href);
    load(link.href);
    if (matchMedia("(max-width: 1000px)").matches) {
      document.querySelector("details.outline")?.removeAttribute("open");
    }
  });
  addEventListener("popstate", () => {
    if (location.search !== search) load(location.href);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "j") follow(".section-links [rel=next]");
    else if (event.key === "k") follow(".section-links [rel=prev]");
  });
  document.addEventListener("htmx:afterSettle", () => search = location.search);
};
