// What was done stands over the page until it is closed: what came with the page, and what came with a part of it later.
// Screen readers read out what comes into a region that is there already, so what came with the page is put in once more.
const list = document.getElementById("messages");

function ready(message) {
  const close = message.querySelector(".close");
  if (close) close.hidden = false;
}

list.addEventListener("click", (event) => {
  if (!event.target.closest(".close")) return;
  event.target.closest("li").remove();
  document.getElementById("main").focus({ preventScroll: true });
});

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const message of change.addedNodes) if (message.nodeType === Node.ELEMENT_NODE) ready(message);
  }
}).observe(list, { childList: true });

setTimeout(() => list.append(...list.children), 100);
