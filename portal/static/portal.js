// Small help where scripts run; every page works without them.
(() => {
  "use strict";
  const page = document;
  const each = (root, selector, act) => root.querySelectorAll(selector).forEach((node) => {
    if (!node.ready) { node.ready = true; act(node); }
  });
  const offer = (root, selector, act) => each(root, selector, (button) => {
    button.hidden = false;
    button.addEventListener("click", () => act(button));
  });
  let dirty = null;

  function start(root) {
    each(root, "[data-focus]", (summary) => summary.focus());
    offer(root, "[data-print]", () => print());
    offer(root, "[data-reveal]", (button) => {
      const input = page.getElementById(button.dataset.reveal);
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
    });
    if (navigator.clipboard) offer(root, "[data-copy]", async (button) => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
    });
    each(root, "[data-count]", (note) => {
      const area = page.getElementById(note.dataset.count);
      const show = () => { note.textContent = note.dataset.says.replace("#", area.maxLength - area.value.length); };
      area.addEventListener("input", show);
      show();
    });
    each(root, "[data-select-all]", (list) => {
      const boxes = [...list.querySelectorAll("[type=checkbox]")];
      if (boxes.length < 4) return;
      const label = page.createElement("label");
      const box = page.createElement("input");
      label.className = boxes[0].parentNode.className;
      box.type = "checkbox";
      box.onchange = () => boxes.forEach((other) => { other.checked = box.checked; });
      label.append(box, Object.assign(page.createElement("span"), { textContent: list.dataset.selectAll }));
      list.prepend(label);
    });
    each(root, "[type=file][data-preview]", (input) => input.addEventListener("change", () => {
      const place = page.getElementById(input.dataset.preview);
      place.replaceChildren();
      for (const file of input.files) {
        if (!file.type.startsWith("image/")) continue;
        const reader = new FileReader();
        reader.onload = () => place.append(Object.assign(new Image(), { src: reader.result, alt: file.name }));
        reader.readAsDataURL(file);
      }
    }));
    each(root, "form[data-guard]", (form) => form.addEventListener("input", () => { dirty = form; }));
  }

  function say(text) {
    const toast = Object.assign(page.createElement("p"), { className: "toast", textContent: text });
    toast.setAttribute("role", "alert");
    page.body.append(toast);
    setTimeout(() => toast.remove(), 8000);
  }

  addEventListener("submit", () => { dirty = null; });
  addEventListener("beforeunload", (event) => { if (dirty && dirty.isConnected) event.preventDefault(); });
  addEventListener("click", (event) => page.querySelectorAll(".menu[open]").forEach((menu) => {
    menu.open = menu.contains(event.target);
  }));
  page.addEventListener("DOMContentLoaded", () => start(page));
  page.addEventListener("htmx:load", (event) => start(event.detail.elt));
  for (const fault of ["htmx:responseError", "htmx:sendError"]) {
    page.addEventListener(fault, () => say(page.body.dataset.failed));
  }
})();
