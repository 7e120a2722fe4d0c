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
      if (first && key === "ArrowUp") {
        event.preventDefault();
        picks(target).at(-1).focus(); // up from the search is the end of the list
      } else if (first && (key === "ArrowDown" || (key === "Enter" && isFresh))) {
        event.preventDefault();
        if (key === "Enter" && "sure" in list.dataset) first.click(); else first.focus(); // of several one is chosen
      }
    } else if (target.matches(".pick") && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      const box = document.querySelector(`[data-picks="${target.closest("[aria-live]").id}"]`);
      const all = picks(box), next = all[all.indexOf(target) + (key === "ArrowDown" ? 1 : -1)];
      if (next) next.focus(); else if (key === "ArrowUp") box.focus();
    } else if (key === "Escape") byId("leave")?.click();
  });

  // What is typed while a payment is on its way is for the next one.
  let ahead = null;
  addEventListener("htmx:beforeRequest", ({ target }) => { if (target.id === "take") ahead = ""; });
  addEventListener("htmx:afterRequest", ({ target, detail }) => { if (target.id === "take" && detail.failed) ahead = null; });
  addEventListener("keydown", (event) => {
    if (ahead === null || event.key.length > 1 || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    ahead += event.key;
  }, true);
  addEventListener("htmx:afterSettle", () => {
    const box = byId("q");
    if (ahead && box) {
      box.value = ahead;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    ahead = null;
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
