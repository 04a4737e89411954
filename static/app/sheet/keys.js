// Keys of a sheet: Enter and the arrows move as in a spreadsheet, F2 edits within the cell, Esc takes back.
export function keys(form, fields, { direction, restored }) {
  const place = new Map(fields.map((field, index) => [field, index]));
  const entered = new WeakMap(); // what stood in a field when it was entered
  const go = (field) => {
    if (field) {
      field.focus();
      field.select();
    }
  };

  // The nearest field above or below in the same column, in this table or the next.
  const vertical = (field, step) => {
    const cell = field.closest("td"), table = cell.closest("table");
    for (let i = place.get(field) + step; fields[i]; i += step) {
      const other = fields[i].closest("td");
      if (other.parentElement.hidden) continue;
      if (other.cellIndex === cell.cellIndex || other.closest("table") !== table) return fields[i];
    }
    return null;
  };
  const beside = (field, step) => {
    let i = place.get(field) + step;
    while (fields[i]?.closest("tr").hidden) i += step;
    return fields[i];
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!place.has(field) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const [start, end, length] = [field.selectionStart, field.selectionEnd, field.value.length];
    const all = start === 0 && end === length; // after select(): the cell is marked, not being edited
    const step = event.shiftKey ? -1 : 1;
    const moves = {
      Enter: () => (direction() === "right" ? beside(field, step) : vertical(field, step)),
      ArrowDown: () => vertical(field, 1),
      ArrowUp: () => vertical(field, -1),
      ArrowLeft: () => (all || (start === 0 && end === 0)) && beside(field, -1),
      ArrowRight: () => (all || (start === length && end === length)) && beside(field, 1),
    };
    if (event.key === "Escape") {
      field.value = entered.get(field) ?? field.defaultValue;
      field.select();
      restored(field);
      return;
    }
    if (event.key === "F2" && !event.shiftKey) {
      event.preventDefault();
      field.setSelectionRange(length, length);
      return;
    }
    // What may be chosen opens below the field.
    if (field.list && ["ArrowUp", "ArrowDown"].includes(event.key)) return;
    if (!(event.key in moves) || (event.shiftKey && event.key !== "Enter")) return;
    const next = moves[event.key]();
    if (next || event.key === "Enter") event.preventDefault();
    go(next);
  });
  form.addEventListener("focusin", (event) => {
    if (!place.has(event.target)) return;
    entered.set(event.target, event.target.value);
    event.target.select();
  });
  return { go };
}
