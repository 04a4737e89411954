// The button that prints; the page itself is already the form.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());
