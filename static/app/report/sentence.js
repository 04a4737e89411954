// A sentence of a report with its figures as chips, which cannot be typed into; it is kept in step with its textarea,
// where figures stand as {{code|figure}}, and what only looks like one has backslashes (token_syntax.py).
const TOKEN = /\\[\\{}|]|\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\|((?:[^{}|\\]|\\.)*)\}\}/g;
const PRIVATE = "text/x-zhibao-sentence";

const chip = (code, text) => {
  const made = document.createElement("span");
  made.className = text.startsWith("〔缺") ? "chip gap" : "chip";
  made.contentEditable = "false";
  made.dataset.code = code;
  made.title = code;
  made.textContent = text;
  return made;
};
export const nodes = (text) => {
  const made = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (!match[1]) continue;
    made.append(text.slice(end, match.index), chip(match[1], match[2].replace(/\\([\\{}|])/g, "$1")));
    end = match.index + match[0].length;
  }
  made.append(text.slice(end));
  return made;
};
const serialized = (root) =>
  [...root.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.dataset?.code) return `{{${node.dataset.code}|${node.textContent.replace(/[\\{}|]/g, "\\$&")}}}`;
    return node.nodeName === "BR" ? "" : serialized(node);
  }).join("").replaceAll("\u00a0", " ");
export const insert = (rich, fragment) => {
  const selection = getSelection();
  if (!selection.rangeCount || !rich.contains(selection.anchorNode)) {
    selection.selectAllChildren(rich);
    selection.collapseToEnd();
  }
  const range = selection.getRangeAt(0);
  range.deleteContents();
  const last = fragment.lastChild;
  range.insertNode(fragment);
  if (last) {
    range.setStartAfter(last);
    range.collapse(true);
    selection.removeAllRanges();
    selection.addRange(range);
  }
  rich.dispatchEvent(new Event("input", { bubbles: true }));
};
// `onInput(field)` is called after each change.
export const enrich = (field, onInput) => {
  if (field.dataset.rich) return;
  field.dataset.rich = "yes";
  const rich = document.createElement("div");
  rich.className = "rich";
  rich.contentEditable = "true";
  rich.setAttribute("role", "textbox");
  rich.setAttribute("aria-multiline", "true");
  rich.setAttribute("aria-labelledby", field.labels[0].id);
  rich.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
  rich.append(nodes(field.value));
  field.hidden = true;
  field.required = false;
  field.after(rich);
  field.form.classList.add("rich-on");
  field.labels[0].addEventListener("click", () => rich.focus());
  rich.addEventListener("input", () => {
    field.value = serialized(rich);
    onInput(field);
  });
  for (const name of ["copy", "cut"]) {
    rich.addEventListener(name, (event) => {
      const copied = document.createElement("div");
      copied.append(getSelection().getRangeAt(0).cloneContents());
      event.clipboardData.setData(PRIVATE, serialized(copied));
      event.clipboardData.setData("text/plain", copied.textContent);
      event.preventDefault();
      if (name === "cut") document.execCommand("delete");
    });
  }
  rich.addEventListener("paste", (event) => {
    event.preventDefault();
    const text = event.clipboardData.getData(PRIVATE) || event.clipboardData.getData("text/plain");
    insert(rich, nodes(text.replace(/\s*\n\s*/g, "")));
  });
  rich.addEventListener("drop", (event) => event.preventDefault());
  rich.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey) event.preventDefault();
  });
};
