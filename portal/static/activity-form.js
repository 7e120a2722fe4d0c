// The entry form where scripts run: rows without a round trip, photos sent while one writes. Without it all works too.
(() => {
  "use strict";
  const EDGE = 2000, QUALITY = 0.85;
  const byId = (id) => document.getElementById(id);
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const form = byId("entry");
  if (!form) return;

  // People: a ticked chip becomes a row below, where minutes can be changed.
  const chosen = byId("chosen"), template = byId("row");
  const usual = () => form.elements.minutes?.value || form.querySelector("[name=length]:checked")?.value || "";
  const ticked = () => all(chosen, "[name=person]:checked");
  const refresh = () => {
    if (!chosen) return;
    byId("count").textContent = ticked().length;
    all(chosen, ".short").forEach((box) => { box.placeholder = usual(); });
    warn();
  };
  const rowOf = (id) => all(chosen, "[name=person]").find((box) => box.value === id);
  const mark = (chip) => {
    const box = chip.querySelector("input");
    box.checked = box.disabled = Boolean(rowOf(box.value)?.checked);
  };
  const take = (chip) => {
    const row = template.content.firstElementChild.cloneNode(true), id = chip.querySelector("input").value;
    const { name, note } = chip.dataset, known = rowOf(id);
    if (known) known.checked = true;
    else {
      all(row, "[name=listed],[name=person],[name=volunteer]").forEach((box) => { box.value = id; });
      all(row, "[aria-label]").forEach((box) => box.setAttribute("aria-label", name + box.getAttribute("aria-label")));
      row.querySelector("b").textContent = name;
      row.querySelector("small").textContent = note;
      row.querySelector("[name=volunteer]").checked = "volunteer" in chip.dataset;
      row.querySelector(".short").name = `minutes-${id}`;
      if ("agrees" in chip.dataset) row.dataset.agrees = "";
      chosen.append(row);
    }
    // Who was found stays in what was found, marked; the box is free for the next name.
    if (!chip.closest("#found")) { chip.remove(); return; }
    mark(chip);
    byId("q").value = "";
    byId("q").focus();
  };

  // Publication: who does not agree is named before the entry is sent.
  const warn = () => {
    const absent = byId("absent"), names = ticked().map((box) => box.closest(".person"))
      .filter((row) => !("agrees" in row.dataset)).map((row) => row.querySelector("b").textContent);
    const asked = form.elements.photos_agreed?.checked && names.length;
    if (absent.querySelector(".msg")) return;
    absent.hidden = !asked;
    byId("absent-names").textContent = asked
      ? absent.dataset.names.replace("{names}", names.join(document.documentElement.lang === "en" ? ", " : "、")) : "";
  };

  // The name that an entry gets when none is written.
  const suggest = () => {
    const { title, held_on: day, kind } = form.elements, label = form.querySelector("[name=kind]:checked + span");
    const date = new Date(`${day?.value}T00:00`);
    if (!title || !label || Number.isNaN(date.getTime())) return;
    const words = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang,
      { month: document.documentElement.lang === "en" ? "short" : "long", day: "numeric" }).format(date);
    const name = kind.value === "other" ? form.dataset.other : label.textContent;
    title.placeholder = form.dataset.title.replace("{kind}", name).replace("{date}", words);
  };

  form.addEventListener("change", ({ target }) => {
    const chip = target.closest(".chip");
    if (chip && target.name === "person" && target.checked) take(chip);
    else if (target.name === "person") all(byId("found"), ".chip").forEach(mark);
    if (target.name === "length") form.elements.minutes.value = "";
    if (target.name === "kind" || target.name === "held_on") suggest();
    refresh();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.name !== "minutes" || !target.value) return;
    all(form, "[name=length]").forEach((box) => { box.checked = box.value === target.value; });
    refresh();
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (chosen && target.id === "found") all(target, ".chip").forEach(mark);
  });
  // Enter in a box goes nowhere by itself: the first button of a form would answer it.
  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || target.tagName !== "INPUT" || target.type === "file") return;
    event.preventDefault();
    if (target.id === "q") target.dispatchEvent(new Event("search"));
  });

  // What was handed out: another row, filled in or not.
  byId("add-row")?.addEventListener("click", (event) => {
    event.preventDefault();
    const rows = byId("material-rows"), row = rows.lastElementChild.cloneNode(true), number = rows.children.length + 1;
    all(row, "input").forEach((box) => {
      box.value = "";
      box.setAttribute("aria-label", box.getAttribute("aria-label").replace(/\d+/, number));
    });
    rows.append(row);
    row.querySelector("input").focus();
  });

  // Photos: made smaller here, so that little goes over the air, and sent while the rest is written.
  const field = byId("photo-field"), inputs = [byId("photos"), byId("camera")], state = byId("photo-state");
  const shrink = async (file) => {
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
      const canvas = Object.assign(document.createElement("canvas"),
        { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch { return file; }
  };
  const send = async (input) => {
    if (!input.files.length) return;
    state.textContent = field.dataset.sending;
    try {
      const body = new FormData();
      body.append("csrf_token", form.elements.csrf_token.value);
      for (const file of input.files) body.append("photos", await shrink(file));
      const answer = await fetch(field.dataset.keep, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      byId("pending").insertAdjacentHTML("beforeend", await answer.text());
      input.value = "";
      state.textContent = "";
    } catch {
      state.textContent = field.dataset.failed;
      byId("plain-pick").hidden = false;
    }
  };
  if (field && window.fetch && window.createImageBitmap) {
    byId("plain-pick").hidden = true;
    byId("pick").hidden = false;
    all(field, "[data-pick]").forEach((button) => button.addEventListener("click", () => byId(button.dataset.pick).click()));
    field.querySelector("[data-pick=camera]").hidden = !window.matchMedia("(pointer:coarse)").matches;
    inputs.forEach((input) => input.addEventListener("change", () => send(input)));
  }
  suggest();
  refresh();
})();
