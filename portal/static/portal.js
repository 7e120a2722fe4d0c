// Small help where JavaScript runs; every page works without it.
(function () {
  "use strict";
  var all = function (root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); };
  var once = function (root, selector, act) {
    all(root, selector).forEach(function (node) {
      if (node.dataset.ready) return;
      node.dataset.ready = "1";
      act(node);
    });
  };
  var leaving = false;
  var dirty = null;

  function start(root) {
    var summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
    once(root, "[data-print]", function (button) {
      button.hidden = false;
      button.onclick = function () { window.print(); };
    });
    once(root, "[data-reveal]", function (button) {
      var input = document.getElementById(button.dataset.reveal);
      button.hidden = false;
      button.setAttribute("aria-pressed", "false");
      button.onclick = function () {
        var shown = input.type === "password";
        input.type = shown ? "text" : "password";
        button.setAttribute("aria-pressed", String(shown));
      };
    });
    once(root, "[data-copy]", function (button) {
      if (!navigator.clipboard) return;
      button.hidden = false;
      button.onclick = function () {
        navigator.clipboard.writeText(button.dataset.copy).then(function () { button.textContent = button.dataset.done; });
      };
    });
    once(root, "[data-count]", function (note) {
      var area = document.getElementById(note.dataset.count);
      var show = function () { note.textContent = note.dataset.says.replace("#", area.maxLength - area.value.length); };
      area.addEventListener("input", show);
      show();
    });
    once(root, "[data-select-all]", function (list) {
      var boxes = all(list, "input[type=checkbox]");
      if (boxes.length < 4) return;
      var label = document.createElement("label");
      label.className = "tick";
      label.innerHTML = '<input type="checkbox"><span></span>';
      label.lastChild.textContent = list.dataset.selectAll;
      label.firstChild.onchange = function () {
        boxes.forEach(function (box) { box.checked = label.firstChild.checked; });
      };
      list.insertBefore(label, list.firstChild);
    });
    once(root, "input[type=file][data-preview]", function (input) {
      var place = document.getElementById(input.dataset.preview);
      input.addEventListener("change", function () {
        place.textContent = "";
        Array.prototype.forEach.call(input.files, function (file) {
          if (!/^image\//.test(file.type)) return;
          var reader = new FileReader();
          reader.onload = function () {
            var image = new Image();
            image.src = reader.result;
            image.alt = file.name;
            place.appendChild(image);
          };
          reader.readAsDataURL(file);
        });
      });
    });
    once(root, "form[data-guard]", function (form) {
      form.addEventListener("input", function () { dirty = form; });
      form.addEventListener("submit", function () { leaving = true; });
    });
  }

  window.addEventListener("beforeunload", function (event) {
    if (dirty && !leaving && document.contains(dirty)) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", function () { start(document); });
  document.addEventListener("htmx:load", function (event) { start(event.detail.elt); });
  document.addEventListener("click", function (event) {
    all(document, ".menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
