// Fast entry where scripts run: arrows and Enter choose whom the search found, ticks add up, what is kept goes along.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const picks = (box) => [...(byId(box.dataset.picks)?.querySelectorAll(".pick") ?? [])];

  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.isComposing || !target.closest?.("#desk")) return;
    if (target.matches("[data-picks]")) {
      const list = byId(target.dataset.picks).querySelector("[data-q]"), first = picks(target)[0];
      const isFresh = list?.dataset.q === target.value.trim();
      if (first && (key === "ArrowDown" || (key === "Enter" && isFresh))) {
        event.preventDefault();
        if (key === "Enter") first.click(); else first.focus();
      }
    } else if (target.matches(".pick") && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      const box = document.querySelector(`[data-picks="${target.closest("[aria-live]").id}"]`);
      const all = picks(box), next = all[all.indexOf(target) + (key === "ArrowDown" ? 1 : -1)];
      if (next) next.focus(); else if (key === "ArrowUp") box.focus();
    } else if (key === "Escape") byId("leave")?.click();
  });

  addEventListener("focusin", ({ target }) => { if (target.id === "amount") target.select(); });

  addEventListener("change", ({ target }) => {
    if (!target.matches("[data-fen]")) return;
    const ticked = [...target.form.querySelectorAll("[data-fen]:checked")];
    const fen = ticked.reduce((sum, box) => sum + Number(box.dataset.fen), 0);
    byId("amount").value = fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100);
  });

  addEventListener("input", ({ target }) => {
    if (!target.closest("#kept")) return;
    document.querySelectorAll(`[data-kept="${target.name}"]`).forEach((copy) => { copy.value = target.value; });
  });
})();
