// Words of a report with their figures as chips, which cannot be typed into. In a textarea figures stand as
// {{code|figure}}, and what only looks like one has backslashes (token_syntax.py); a line is a paragraph.
const TOKEN = /\\([\\{}|])|\{\{\s*([A-Za-z_][A-Za-z0-9_.\/-]*)\s*\|((?:[^{}|\\]|\\.)*)\}\}/g;
const MISREAD = /\{{2,}|\}{2,}|\\(?=[\\{}|]|$)/g;
export const BLOCK =
  /^(ARTICLE|BLOCKQUOTE|BODY|DD|DIV|DL|DT|FIGCAPTION|FIGURE|FOOTER|H[1-6]|HEADER|HR|LI|MAIN|NAV|OL|P|PRE|SECTION|TABLE|TBODY|TFOOT|THEAD|TR|UL)$/;
const backslashed = (text) => text.replace(/./g, "\\$&");

const chip = (code, text) => {
  const made = document.createElement("span");
  made.className = text.startsWith("〔缺") ? "chip gap" : "chip";
  made.contentEditable = "false";
  made.dataset.code = code;
  made.title = code;
  made.textContent = text;
  return made;
};
// One line of a text: words, and chips between them.
export const nodes = (text) => {
  const made = document.createDocumentFragment();
  let words = "", end = 0;
  for (const match of text.matchAll(TOKEN)) {
    words += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[1]) {
      words += match[1];
      continue;
    }
    made.append(words, chip(match[2], match[3].replace(/\\([\\{}|])/g, "$1")));
    words = "";
  }
  made.append(words + text.slice(end));
  made.normalize();
  return made;
};
// The lines of what stands in an element, a line for each block, as a textarea has them.
export const lines = (root) => {
  const found = [];
  let line = null, words = "";
  const flush = () => {
    if (words) line = (line ?? "") + words.replaceAll("\u00a0", " ").replace(MISREAD, backslashed);
    words = "";
  };
  const end = () => {
    flush();
    if (line !== null) found.push(line);
    line = null;
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      words += node.data;
    } else if (node.dataset?.code) {
      flush();
      const text = node.textContent.replaceAll("\u2212", "-").replace(/[\\{}|]/g, backslashed);
      line = `${line ?? ""}{{${node.dataset.code}|${text}}}`;
    } else if (node.nodeType === Node.ELEMENT_NODE && BLOCK.test(node.nodeName)) {
      end();
      if (node.nodeName === "P") line = ""; // an empty paragraph is a line
      node.childNodes.forEach(walk);
      end();
    } else {
      node.childNodes.forEach(walk);
    }
  };
  root.childNodes.forEach(walk);
  end();
  return found;
};
