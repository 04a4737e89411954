// A form was sent when the sign-in had ended: afterwards its page comes again, where session.js fills it.
"use strict";
(() => {
  const KEPT = "zhibao:form";
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  const next = document.querySelector("form.panel [name=next]");
  if (!kept || !next.value) return;
  sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, interrupted: true }));
  next.value = kept.page;
})();
