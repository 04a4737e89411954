// `/` leads to the search from anywhere but a field in which somebody types.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const fields = [document.getElementById("search-text"), document.getElementById("search")];
  const field = fields.find((known) => known && known.getClientRects().length);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
