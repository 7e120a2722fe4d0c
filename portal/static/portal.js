// Small help where scripts run; every page works without them.
(() => {
  "use strict";
  const page = document, byId = (id) => page.getElementById(id);
  const make = (tag, values) => Object.assign(page.createElement(tag), values);
  const each = (root, selector, act) => root.querySelectorAll(selector).forEach((node) => {
    if (!node.ready) { node.ready = true; act(node, node.dataset); }
  });
  const offer = (root, selector, act) => each(root, selector, (button, data) => {
    button.hidden = false;
    button.onclick = () => act(button, data);
  });
  let dirty = null;

  function start(root) {
    each(root, ":is(.tabs,nav.main) [aria-current]", (tab) => {
      const bar = tab.parentNode;
      bar.scrollLeft = tab.offsetLeft + tab.offsetWidth + 32 - bar.offsetLeft - bar.clientWidth;
    });
    each(root, "[data-focus]", (summary) => summary.focus());
    offer(root, "[data-print]", () => print());
    offer(root, "[data-reveal]", (button, data) => {
      const input = byId(data.reveal);
      input.type = input.type === "password" ? "text" : "password";
      [button.textContent, data.other] = [data.other, button.textContent];
    });
    if (navigator.clipboard) offer(root, "[data-copy]", async (button, data) => {
      await navigator.clipboard.writeText(data.copy);
      button.textContent = data.done;
    });
    each(root, "[data-count]", (note, data) => {
      const area = byId(data.count);
      const show = () => { note.textContent = data.says.replace("#", area.maxLength - area.value.length); };
      area.oninput = show;
      show();
    });
    each(root, "[data-select-all]", (list, data) => {
      const boxes = [...list.querySelectorAll("[type=checkbox]")];
      if (boxes.length < 4) return;
      const box = make("input", { type: "checkbox" });
      box.onchange = () => boxes.forEach((other) => { other.checked = box.checked; });
      const label = make("label", { className: boxes[0].parentNode.className });
      label.append(box, make("span", { textContent: data.selectAll }));
      list.prepend(label);
    });
    each(root, "[data-preview]", (input, data) => { input.onchange = () => {
      const place = byId(data.preview);
      place.replaceChildren();
      for (const file of input.files) {
        if (!file.type.startsWith("image/")) continue;
        const reader = new FileReader();
        reader.onload = () => place.append(make("img", { src: reader.result, alt: file.name }));
        reader.readAsDataURL(file);
      }
    }; });
    each(root, ".downloads [href*='.xlsx']", (link, data) => { link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (data.busy === undefined) fetchWorkbook(link);
    }; });
    each(root, "[data-guard]", (form) => { form.oninput = () => { dirty = form; }; });
  }

  // A workbook of many rows takes a while to be made: a bar until it is there. What goes wrong is for the browser to say.
  async function fetchWorkbook(link) {
    const bar = make("progress", { ariaLabel: link.textContent.trim() });
    link.after(bar);
    link.dataset.busy = "";
    try {
      const answer = await fetch(link.href, { redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload();  // this page has been told why
      const [, name] = answer.headers.get("content-disposition").match(/filename\*=UTF-8''([^;]+)/);
      const address = URL.createObjectURL(await answer.blob());
      make("a", { href: address, download: decodeURIComponent(name) }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    } catch { location = link.href; }
    bar.remove();
    delete link.dataset.busy;
  }

  function fail() {
    const toast = make("p", { className: "toast", role: "alert", textContent: page.body.dataset.failed });
    page.body.append(toast);
    setTimeout(() => toast.remove(), 8000);
  }

  addEventListener("submit", () => { dirty = null; });
  addEventListener("beforeunload", (event) => { if (dirty?.isConnected) event.preventDefault(); });
  addEventListener("click", (event) => page.querySelectorAll(".menu[open]").forEach((menu) => {
    menu.open = menu.contains(event.target);
  }));
  addEventListener("DOMContentLoaded", () => start(page));
  addEventListener("htmx:load", (event) => start(event.target));
  addEventListener("htmx:responseError", fail);
  addEventListener("htmx:sendError", fail);
})();
