// Sends an Excel file and shows how far it is; the page that answers takes the place of this one. Without this script
// the form sends itself.
"use strict";
(() => {
  const form = (event) => event.target.closest?.("form.upload");

  // The sheet takes what its own form holds from here, see sheet/paste_preview.js.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-own-form]");
    if (!link) return;
    const rows = [...document.getElementById(link.dataset.ownForm).rows];
    const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent));
    sessionStorage.setItem(`zhibao:own-form:${link.pathname}`, JSON.stringify(texts));
  });

  const say = (upload, text, percent) => {
    const state = upload.querySelector(".upload-state");
    const bar = state.querySelector("progress");
    state.hidden = false;
    state.classList.toggle("failed", percent === null);
    state.querySelector("span").textContent = text;
    if (typeof percent === "number") bar.value = percent;
    else bar.removeAttribute("value");
  };

  const fail = (upload, text) => {
    say(upload, text, null);
    upload.querySelector("button").disabled = false;
  };

  // The answer is a whole page: the preview, or this page with a sentence. A sign-in page is gone to.
  const show = (upload, request) => {
    if (request.responseURL !== upload.action) {
      window.location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = answer.getElementById("main");
    if (!main) {
      fail(upload, upload.dataset.failed);
      return;
    }
    document.title = answer.title;
    // The list of messages stays the one that messages.js watches.
    const list = document.getElementById("messages");
    const came = main.querySelector("#messages");
    list.replaceChildren(...came.children);
    came.replaceWith(list);
    document.getElementById("main").replaceWith(main);
    main.focus();
    window.scrollTo(0, 0);
  };

  const send = (upload) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.round((event.loaded / event.total) * 100);
      say(upload, `${upload.dataset.sending} ${percent}%`, percent);
    });
    request.upload.addEventListener("load", () => say(upload, upload.dataset.checking));
    request.addEventListener("load", () => show(upload, request));
    request.addEventListener("error", () => fail(upload, upload.dataset.failed));
    request.open("POST", upload.action);
    request.send(new FormData(upload));
    upload.querySelector("button").disabled = true;
    say(upload, `${upload.dataset.sending} 0%`, 0);
  };

  document.addEventListener("submit", (event) => {
    const upload = form(event);
    if (upload) {
      event.preventDefault();
      const file = upload.elements.file.files[0];
      if (file && file.size > Number(upload.dataset.max)) fail(upload, upload.dataset.tooLarge);
      else send(upload);
    } else if (event.target.id === "import") {
      // Storing ten thousand figures takes a moment, in which a second click would be in vain.
      for (const button of document.querySelectorAll('button[form="import"]')) button.disabled = true;
    }
  });

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const upload = form(event);
      if (!upload) return;
      event.preventDefault();
      upload.querySelector(".drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) upload.elements.file.files = event.dataTransfer.files;
    });
  }
})();
