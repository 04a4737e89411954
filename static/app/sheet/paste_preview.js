// A pasted block fills the cells at once where it fits; elsewhere one first sees what goes where.
import { format } from "./format.js";
import { byId, cells, form, make, nameOf, words } from "./page.js";
import { parseBlock, plan } from "./paste.js";
import { chooseColumn, chosenColumn } from "./paste_layouts.js";

const MOST_LINES = 200;

function lineOf(step) {
  const line = make("tr", "");
  const heads = step.row?.closest("table").tHead.rows[0].cells ?? [];
  const names = [step.row?.dataset.name, heads[step.column]?.innerText.trim()];
  line.append(
    make("td", step.text),
    make("td", step.field ? nameOf(step.field) : names.filter(Boolean).join(" · ")),
    make("td", step.why ? words[step.why] : words.filling),
  );
  return line;
}

// Asked where it is open which column of the form has the figures, and changed as long as that is remembered.
function askForColumn(layout, steps, again) {
  const label = byId("paste-column");
  const chosen = layout && chosenColumn(layout);
  const isOpen = steps.some((step) => step.why === "several");
  label.hidden = !layout || (chosen === undefined && !isOpen);
  if (label.hidden) return;
  const select = label.querySelector("select");
  const options = layout.columns.map(({ column, text }) => make("option", text, { value: column }));
  select.replaceChildren(make("option", "–", { value: "" }), ...options);
  select.value = chosen ?? "";
  select.onchange = () => {
    chooseColumn(layout, select.value);
    again();
  };
}

function preview({ steps, layout }, field, fillIn, again) {
  const panel = byId("paste");
  const [confirm, cancel] = [panel.querySelector("[value=fill]"), panel.querySelector("[value=cancel]")];
  const fit = steps.filter((step) => !step.why).length;
  const listed = steps.filter((step) => step.why !== "same");
  panel.querySelector("tbody").replaceChildren(...listed.slice(0, MOST_LINES).map(lineOf));
  panel.querySelector("p").textContent = format(words.pasteSummary, { fit, rest: listed.length - fit });
  askForColumn(layout, steps, again);
  field.closest(".scroll").before(panel);
  panel.hidden = false;
  const close = () => {
    panel.hidden = true;
    field.focus();
  };
  confirm.onclick = () => {
    close();
    fillIn();
  };
  cancel.onclick = close;
  panel.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  confirm.disabled = !fit;
  (fit ? confirm : cancel).focus();
}

export function pasteBlocks(fill) {
  form.addEventListener("paste", (event) => {
    const field = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cells.includes(field) || !/[\t\r\n]/.test(text.replace(/(?:\r\n|\r|\n)$/, ""))) return;
    event.preventDefault();
    place(parseBlock(text), field, fill);
  });
}

function place(block, field, fill) {
  const found = plan(block, field);
  const targets = found.steps.filter((step) => !step.why).map((step) => [step.field, step.text]);
  const fillIn = () => fill(targets, words.pasted);
  if (found.fits) fillIn();
  else preview(found, field, fillIn, () => place(block, field, fill));
}

// A department's own form that was chosen on the page of the import goes by the names of its rows alone.
export function takeOwnForm(fill) {
  const key = `zhibao:own-form:${location.pathname}`;
  const block = JSON.parse(sessionStorage.getItem(key) ?? "null");
  sessionStorage.removeItem(key);
  const field = cells[0];
  if (!block || !field) return;
  const show = () => {
    const found = plan(block, field);
    const steps = found.layout ? found.steps : [];
    const targets = steps.filter((step) => !step.why).map((step) => [step.field, step.text]);
    preview({ ...found, steps }, field, () => fill(targets, words.pasted), show);
    const column = byId("paste-column");
    if (!column.hidden) column.querySelector("select").focus({ preventScroll: true });
    byId("paste").scrollIntoView({ block: "start" });
  };
  show();
}
