// A textarea as a field in which figures are chips and Enter makes a paragraph. The textarea is kept in step with it.
import { copies, pasted } from "./paste.js";
import { lines, nodes } from "./sentence.js";

const FURTHEST = 200; // steps that a field goes back
const MAC_OR_OTHERS = (event) => (event.ctrlKey || event.metaKey) && !event.altKey;

const paragraph = (...content) => {
  const made = document.createElement("p");
  made.append(...content);
  if (!made.textContent) made.replaceChildren(document.createElement("br"));
  return made;
};
const fill = (rich, text, syntax) =>
  rich.replaceChildren(...text.split("\n").map((line) => paragraph(syntax.nodes(line))));

// Where the caret is: in which paragraph, behind how many characters; a figure is one.
const length = (node) => node.nodeType === Node.TEXT_NODE ? node.length : node.nodeName === "BR" ? 0 : 1;
const caretOf = (rich) => {
  const { focusNode, focusOffset } = getSelection();
  const paragraphs = [...rich.children];
  const place = paragraphs.findIndex((one) => one.contains(focusNode));
  if (place < 0) return [Math.max(paragraphs.length - 1, 0), 0];
  const before = document.createRange();
  before.setStart(paragraphs[place], 0);
  before.setEnd(focusNode, focusOffset);
  return [place, [...before.cloneContents().childNodes].reduce((sum, node) => sum + length(node), 0)];
};
export const placeCaret = (rich, place, offset) => {
  const within = rich.children[Math.min(place, rich.children.length - 1)];
  if (!within) return;
  const range = document.createRange();
  range.selectNodeContents(within);
  range.collapse(false);
  let left = offset;
  for (const node of within.childNodes) {
    if (node.nodeType === Node.TEXT_NODE && left <= node.length) {
      range.setStart(node, left);
      range.collapse(true);
      break;
    }
    if (left <= 0) {
      range.setStartBefore(node);
      range.collapse(true);
      break;
    }
    left -= length(node);
  }
  rich.focus();
  getSelection().removeAllRanges();
  getSelection().addRange(range);
};
const isAtStart = (rich) => getSelection().isCollapsed && caretOf(rich).every((part) => part === 0);

const width = (within) => [...within.childNodes].reduce((sum, node) => sum + length(node), 0);
const settle = (within) => {
  within.normalize();
  if (!within.childNodes.length) within.append(document.createElement("br"));
};

// Take away what is between two places, in one paragraph or over several: a browser would leave styles behind.
export const remove = (rich, range) => {
  const all = [...rich.children];
  const place = (node, offset) => node === rich ? all[offset] : all.find((one) => one.contains(node));
  const from = place(range.startContainer, range.startOffset);
  const to = place(range.endContainer, Math.max(range.endOffset - 1, 0));
  if (!from || !to) return;
  const tail = document.createRange(), head = document.createRange();
  tail.selectNodeContents(to);
  if (range.endContainer === rich) tail.collapse(false);
  else tail.setStart(range.endContainer, range.endOffset);
  const rest = tail.extractContents();
  head.selectNodeContents(from);
  if (range.startContainer !== rich) head.setStart(range.startContainer, range.startOffset);
  head.deleteContents();
  for (const gone of all.slice(all.indexOf(from) + 1, all.indexOf(to) + 1)) gone.remove();
  from.querySelectorAll("br").forEach((end) => end.remove());
  const behind = width(from);
  from.append(rest);
  settle(from);
  placeCaret(rich, all.indexOf(from), behind);
};

// Put lines at the caret, each a list of nodes; each but the first begins a paragraph.
export const insert = (rich, content) => {
  const selection = getSelection();
  if (!rich.children.length) rich.append(paragraph(...rich.childNodes));
  if (!rich.contains(selection.anchorNode)) placeCaret(rich, rich.children.length - 1, Infinity);
  else if (!selection.isCollapsed) remove(rich, selection.getRangeAt(0));
  let at = [...rich.children].find((one) => one.contains(selection.focusNode)) ?? rich.lastElementChild;
  const rest = document.createRange();
  rest.selectNodeContents(at);
  if (at.contains(selection.focusNode)) rest.setStart(selection.focusNode, selection.focusOffset);
  else rest.collapse(false);
  const tail = rest.extractContents();
  at.querySelectorAll("br").forEach((end) => end.remove());
  content.forEach((line, place) => {
    if (place) {
      settle(at);
      at.after(document.createElement("p"));
      at = at.nextSibling;
    }
    at.append(...line);
  });
  const behind = width(at);
  at.append(tail);
  settle(at);
  placeCaret(rich, [...rich.children].indexOf(at), behind);
  rich.dispatchEvent(new Event("input", { bubbles: true }));
};

// The field's own way back: a browser's does not know what a script has put in.
const steps = (field, rich, show, syntax) => {
  const states = [{ text: field.value, caret: [0, 0] }];
  let now = 0;
  const go = (by) => {
    const state = states[now + by];
    if (!state) return;
    now += by;
    fill(rich, state.text, syntax);
    placeCaret(rich, ...state.caret);
    show();
  };
  rich.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!MAC_OR_OTHERS(event) || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    go(key === "y" || event.shiftKey ? 1 : -1);
  });
  let typing = 0;
  return (event) => {
    const state = { text: field.value, caret: caretOf(rich) };
    const goesOn = event.inputType === "insertText" && Date.now() - typing < 800 && now;
    typing = event.inputType === "insertText" ? Date.now() : 0;
    states.splice(goesOn ? now : now + 1, states.length, state);
    if (states.length > FURTHEST) states.shift();
    now = states.length - 1;
  };
};

// `onInput(field)` is called after each change. `syntax` says how a line is shown and read back: {nodes, lines}. Gives what
// was put in place of the textarea, and how to show that anew.
export const enrich = (field, onInput, syntax = { nodes, lines }) => {
  if (field.dataset.rich) return null;
  field.dataset.rich = "yes";
  const isOneLine = "oneLine" in field.dataset;
  const rich = document.createElement("div");
  rich.className = "rich";
  rich.contentEditable = "true";
  rich.setAttribute("role", "textbox");
  rich.setAttribute("aria-multiline", String(!isOneLine));
  rich.setAttribute("aria-labelledby", field.labels[0].id);
  rich.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
  fill(rich, field.value, syntax);
  field.hidden = true;
  field.required = false;
  field.after(rich);
  field.form.classList.add("rich-on");
  field.labels[0].addEventListener("click", () => rich.focus());
  rich.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));
  const names = JSON.parse(field.dataset.names || "{}");
  const name = () => {
    for (const figure of rich.querySelectorAll("[data-code]")) {
      figure.title = names[figure.dataset.code] ?? figure.dataset.code;
    }
  };
  name();
  const show = () => {
    field.value = syntax.lines(rich).join("\n");
    name();
    onInput(field);
  };
  const keep = steps(field, rich, show, syntax);
  rich.addEventListener("input", (event) => {
    show();
    keep(event);
  });
  copies(rich, () => insert(rich, [[]]));
  rich.addEventListener("beforeinput", (event) => {
    const [place] = event.getTargetRanges();
    const range = place && document.createRange();
    range?.setStart(place.startContainer, place.startOffset);
    range?.setEnd(place.endContainer, place.endOffset);
    if (range?.commonAncestorContainer !== rich || range.collapsed) return; // within one paragraph
    if (!/^(delete|insertText|insertParagraph)/.test(event.inputType)) return;
    event.preventDefault();
    remove(rich, range);
    insert(rich, event.inputType === "insertParagraph" ? [[], []] : [event.data ? [event.data] : []]);
  });
  rich.addEventListener("paste", (event) => {
    event.preventDefault();
    const { tokens, texts, headings } = pasted(event.clipboardData);
    const content = tokens ? tokens.map((line) => [...nodes(line).childNodes]) : texts.map((text) => [text]);
    if (content.length) insert(rich, isOneLine ? [content.flat()] : content);
    const note = field.form.querySelector("[data-pasted]");
    if (note) note.hidden = !headings;
  });
  rich.addEventListener("drop", (event) => event.preventDefault());
  rich.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.ctrlKey && (isOneLine || event.shiftKey)) {
      event.preventDefault();
      if (!isOneLine) document.execCommand("insertParagraph");
    } else if (event.key === "Backspace" && field.dataset.join && isAtStart(rich)) {
      event.preventDefault();
      field.dispatchEvent(new CustomEvent("join", { bubbles: true }));
    }
  });
  return { rich, renew: () => fill(rich, field.value, syntax) };
};
