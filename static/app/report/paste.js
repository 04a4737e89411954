// What is pasted from elsewhere: paragraphs of plain words, whatever they were in Word, WPS, a web page or Excel.
import { BLOCK, lines } from "./sentence.js";

const PRIVATE = "text/x-zhibao-sentence";
const SOFT = "\v"; // the end of a line that is none of a paragraph
const IGNORED = /^(HEAD|LINK|META|SCRIPT|STYLE|TEMPLATE|TITLE|DEL)$/;
const CELL = /^T[DH]$/;
const HEADING = /^H[1-6]$/;
const isWide = (character) => character > "\u2e7f";

// Two breaks, or one before an indent, are meant as a new paragraph.
const paragraphs = (text) =>
  text.split(/\v\s*\v\s*|\v(?=[\u2003\u3000]|\u00a0{2})/).map((part) =>
    part.replace(
      /[ \t\u00a0]*\v[ \t\u00a0]*/g,
      (gap, at, all) => isWide(all[at - 1] ?? "\u3000") || isWide(all[at + gap.length] ?? "\u3000") ? "" : " ",
    )
      .replace(/[ \t\u00a0]+/g, " ").replace(/^[\s\u3000]+|[\s\u3000]+$/g, "")
  ).filter(Boolean);
// A line end in the source is a blank between words, and nothing between Chinese characters.
const unwrapped = (text) =>
  text.replace(
    /[ \t]*[\r\n][ \t\r\n]*/g,
    (gap, at, all) => isWide(all[at - 1] ?? "\u3000") || isWide(all[at + gap.length] ?? "\u3000") ? "" : " ",
  );

const ofPage = (html) => {
  // Styles say nothing here, and the content security policy would complain of them.
  const bare = html.replace(/<!--[^]*?-->|<style[^]*?<\/style>/gi, "").replace(/\sstyle\s*=\s*("[^"]*"|'[^']*')/gi, "");
  const found = [];
  let text = "", headings = 0;
  const end = () => {
    found.push(...paragraphs(unwrapped(text)));
    text = "";
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      text += node.parentNode.nodeName === "PRE" ? node.data.replace(/\r?\n/g, SOFT + SOFT) : node.data;
    } else if (node.nodeName === "BR") {
      text += SOFT;
    } else if (node.nodeType === Node.ELEMENT_NODE && !IGNORED.test(node.nodeName)) {
      const isBlock = BLOCK.test(node.nodeName);
      if (isBlock && !node.closest("td, th")) end();
      else if (isBlock && text) text += SOFT; // in a cell
      if (HEADING.test(node.nodeName) || /^Mso(Heading|Title)/.test(node.className)) headings += 1;
      node.childNodes.forEach(walk);
      if (CELL.test(node.nodeName)) text += " ";
      if (isBlock && !node.closest("td, th")) end();
    }
  };
  walk(new DOMParser().parseFromString(bare, "text/html").body);
  end();
  return { texts: found, headings };
};

// {tokens: lines of sentences of a draft} or {texts: paragraphs of words, headings: how many of them were headings}.
export const pasted = (clipboard) => {
  const own = clipboard.getData(PRIVATE);
  if (own) return { tokens: own.split("\n"), headings: 0 };
  const html = clipboard.getData("text/html");
  const page = html ? ofPage(html) : { texts: [], headings: 0 };
  if (page.texts.length) return page;
  const plain = clipboard.getData("text/plain").replace(/\r\n?|\u2029/g, "\n").replaceAll("\u2028", SOFT);
  return { texts: plain.split("\n").flatMap(paragraphs), headings: 0 };
};
// Figures keep where they come from, within the draft; elsewhere they are the words that they print.
const copy = (event, copied) => {
  for (const mark of copied.querySelectorAll("sup, .block-side, .stale, .visually-hidden, button, select")) {
    mark.remove();
  }
  event.clipboardData.setData(PRIVATE, lines(copied).join("\n"));
  for (const figure of copied.querySelectorAll("[data-code]")) figure.removeAttribute("data-code");
  event.clipboardData.setData("text/plain", lines(copied).join("\n").replace(/\\([\\{}|])/g, "$1"));
  event.preventDefault();
};
const selected = () => {
  const copied = document.createElement("div");
  copied.append(getSelection().getRangeAt(0).cloneContents());
  return copied;
};
// `cut` takes away what is selected.
export const copies = (rich, cut) => {
  for (const name of ["copy", "cut"]) {
    rich.addEventListener(name, (event) => {
      if (getSelection().isCollapsed) return;
      copy(event, selected());
      if (name === "cut") cut();
    });
  }
};
document.addEventListener("copy", (event) => {
  const from = event.target.nodeType === Node.TEXT_NODE ? event.target.parentNode : event.target;
  if (event.defaultPrevented || !getSelection().rangeCount || getSelection().isCollapsed) return;
  if (from.closest?.("#document .report") && !from.closest(".editing")) copy(event, selected());
});
