// A pasted block fills the cells at once where it fits; elsewhere one first sees what goes where.
import { format } from "./format.js";
import { byId, cells, form, make, nameOf, words } from "./page.js";
import { parseBlock, plan } from "./paste.js";

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

function preview(steps, field, fillIn) {
  const panel = byId("paste");
  const [confirm, cancel] = [panel.querySelector("[value=fill]"), panel.querySelector("[value=cancel]")];
  const fit = steps.filter((step) => !step.why).length;
  const listed = steps.filter((step) => step.why !== "same");
  panel.querySelector("tbody").replaceChildren(...listed.slice(0, MOST_LINES).map(lineOf));
  panel.querySelector("p").textContent = format(words.pasteSummary, { fit, rest: listed.length - fit });
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
    const { steps, fits } = plan(parseBlock(text), field);
    const targets = steps.filter((step) => !step.why).map((step) => [step.field, step.text]);
    const fillIn = () => fill(targets, words.pasted);
    if (fits) fillIn();
    else preview(steps, field, fillIn);
  });
}
