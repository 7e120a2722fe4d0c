// A text pasted from Word, WPS or a web page comes in as Markdown: headings, lists and tables stay what they are.
(() => {
  "use strict";
  const BLOCKS = "P,DIV,H1,H2,H3,H4,H5,H6,UL,OL,LI,TABLE,BLOCKQUOTE,SECTION,ARTICLE,PRE,HR,DL,DT,DD".split(",");
  const STRUCTURE = "h1,h2,h3,h4,h5,h6,ul,ol,table,b,strong,a[href],[data-style*='mso-list'],.MsoTitle";
  const escape = (text) => text.replace(/[\s\u00a0]+/g, " ").replace(/[\\`*_[\]<]/g, "\\$&");
  const styled = (node, pattern) => pattern.test(node.dataset.style || "");
  const wrap = (mark, text) => {
    const [, before, inner, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
    return inner ? before + mark + inner + mark + after : text;
  };

  function inline(node) {
    if (node.nodeType === 3) return escape(node.data);
    if (node.nodeType !== 1 || styled(node, /mso-list:\s*Ignore|display:\s*none/i)) return "";
    if (/^(STYLE|SCRIPT|TITLE|META|LINK|IMG|O:P)$/.test(node.tagName)) return "";
    if (node.tagName === "BR") return "\n";
    const inner = [...node.childNodes].map(inline).join("");
    if (/^(B|STRONG)$/.test(node.tagName) && !styled(node, /font-weight:\s*normal/i)) return wrap("**", inner);
    if (/^(I|EM)$/.test(node.tagName) && !styled(node, /font-style:\s*normal/i)) return wrap("*", inner);
    if (node.tagName === "SPAN" && styled(node, /font-weight:\s*(bold|[6-9]00)/i)) return wrap("**", inner);
    const address = node.tagName === "A" && node.getAttribute("href") || "";
    return /^(https?:|mailto:)/i.test(address) && inner.trim() ? `[${inner.trim()}](${encodeURI(decodeURI(address))})` : inner;
  }

  // A line that would begin a list, a heading or a quotation by chance begins with a backslash.
  const plain = (text) => text.trim().replace(/^[ \t]+/gm, "").replace(/^(#{1,6} |[-+>] |=+$|-+$)/gm, "\\$&")
    .replace(/^(\d+)([.)] )/gm, "$1\\$2");

  function table(node) {
    const rows = [...node.rows].map((row) => [...row.cells].flatMap((cell) => [
      inline(cell).trim().replace(/\s*\n\s*/g, " ").replace(/\|/g, "\\|"),
      ...Array(Math.min(cell.colSpan, 50) - 1).fill(""),
    ]));
    const width = Math.max(0, ...rows.map((row) => row.length));
    if (!width) return "";
    const line = (cells) => `| ${Array.from({ length: width }, (_, n) => cells[n] || " ").join(" | ")} |`;
    return [line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n");
  }

  function list(node, depth) {
    let number = node.start || 1;
    return [...node.children].map((item) => {
      if (/^(UL|OL)$/.test(item.tagName)) return list(item, depth + 1);
      const inner = [...item.childNodes].filter((one) => !/^(UL|OL)$/.test(one.tagName || "")).map(inline).join("");
      const below = [...item.children].filter((one) => /^(UL|OL)$/.test(one.tagName)).map((one) => list(one, depth + 1));
      const mark = node.tagName === "OL" ? `${number++}.` : "-";
      return [`${"   ".repeat(depth)}${mark} ${inner.trim().replace(/\s*\n\s*/g, " ")}`, ...below].join("\n");
    }).join("\n");
  }

  // Word and WPS write a list as paragraphs: the level stands in the style, the number in a span of its own.
  function wordItem(node) {
    const level = /mso-list:[^;"']*level(\d)/i.exec(node.dataset.style || "");
    if (!level) return null;
    const mark = [...node.querySelectorAll("span")].find((one) => styled(one, /mso-list:\s*Ignore/i));
    const numbered = mark && /^\W*([\d一二三四五六七八九十]+|[a-z])\W/i.test(mark.textContent.trim() + " ");
    return { depth: +level[1] - 1, numbered, text: inline(node).trim().replace(/\s*\n\s*/g, " ") };
  }

  function blocks(parent) {
    const found = [];
    let loose = "", counts = [], inList = false;
    const flush = () => { if (loose.trim()) found.push(plain(loose)); loose = ""; };
    for (const node of parent.childNodes) {
      const name = node.tagName || "";
      if (!BLOCKS.includes(name)) { loose += inline(node); continue; }
      flush();
      const item = name === "P" || /^H\d$/.test(name) ? wordItem(node) : null;
      if (item && !/^H\d$/.test(name)) {
        if (!inList) counts = [];
        counts.length = item.depth + 1;
        counts[item.depth] = (counts[item.depth] || 0) + 1;
        const text = `${"   ".repeat(item.depth)}${item.numbered ? counts[item.depth] + "." : "-"} ${item.text}`;
        if (inList) found.push(found.pop() + "\n" + text); else found.push(text);
        inList = true;
        continue;
      }
      inList = false;
      const title = /(^|\s)MsoTitle(\s|$)/.test(node.className) ? 1 : /^H(\d)$/.exec(name)?.[1];
      if (title) { const text = inline(node).replace(/\s+/g, " ").replace(/\*\*/g, "").trim(); if (text) found.push(`${"#".repeat(title)} ${text}`); }
      else if (name === "TABLE") found.push(table(node));
      else if (name === "UL" || name === "OL") found.push(list(node, 0));
      else if (name === "BLOCKQUOTE") found.push(blocks(node).map((text) => text.replace(/^/gm, "> ")).join("\n>\n"));
      else if ([...node.children].some((child) => BLOCKS.includes(child.tagName))) found.push(...blocks(node));
      else if (inline(node).trim()) found.push(plain(inline(node)));
    }
    flush();
    return found.filter(Boolean);
  }

  addEventListener("paste", (event) => {
    const area = event.target;
    if (!area.matches?.("textarea[data-paste]")) return;
    const html = event.clipboardData.getData("text/html");
    // No style is applied to what is only read: the page's own policy would refuse it, and say so each time.
    const read = html.replace(/<style[^]*?<\/style>/gi, "").replace(/(<[^<>]*?)\sstyle=/gi, "$1 data-style=");
    const body = html && new DOMParser().parseFromString(read, "text/html").body;
    if (!body || !body.querySelector(STRUCTURE)) return;
    event.preventDefault();
    const text = blocks(body).join("\n\n");
    if (!document.execCommand("insertText", false, text)) {  // which can be undone; where it cannot be had:
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const note = document.getElementById(area.dataset.paste);
    if (note) note.hidden = !body.querySelector("img");
  });
})();
