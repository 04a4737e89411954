// A department's own form: which of its columns has the figures is asked once and known again by the heads of the form.
import { squeezed } from "./numerals.js";
import { form } from "./page.js";

const hasDigit = (text) => /\d/.test(squeezed(text));

// The columns that have figures, with what stands over them, and the name of the layout in the browser's storage.
export function columnsOf(block, names) {
  const heads = block.find((texts) => texts.filter(Boolean).length > 1 && !texts.some(hasDigit)) ?? [];
  const width = Math.max(...block.map((texts) => texts.length));
  const columns = Array.from({ length: width }, (_one, column) => column).filter((column) =>
    column !== names && block.some((texts) => hasDigit(texts[column] ?? ""))
  ).map((column) => ({ column, text: heads[column] || block.find((texts) => hasDigit(texts[column] ?? ""))[column] }));
  const known = [width, names, ...heads.map((head) => head.replace(/\s/g, ""))].join("|");
  return { columns, key: `zhibao:${form.dataset.person}:layout:${known}` };
}

// Which column was chosen for such a form; undefined where none was.
export function chosenColumn({ key, columns }) {
  const found = localStorage.getItem(key);
  return columns.find(({ column }) => `${column}` === found)?.column;
}

export function chooseColumn({ key }, column) {
  localStorage.setItem(key, column);
}
