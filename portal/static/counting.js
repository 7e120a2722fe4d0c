// Counting cash where scripts run: what the notes and coins come to, and what lacks or is over, as one types.
addEventListener("input", (event) => {
  "use strict";
  const { target } = event, form = target.closest?.("[data-counting]");
  if (!form) return;
  const { expected, even, lacks, over } = form.dataset;
  const yuan = (fen) => (fen / 100).toFixed(2), boxes = [...form.querySelectorAll("[data-fen]")];
  const plain = (text) => text.normalize("NFKC").replace(/[,，\s]/g, "").replace("。", ".");
  const pieces = boxes.reduce((sum, box) => sum + box.dataset.fen * (plain(box.value) || 0), 0);
  const counted = form.querySelector("[name=counted]"), told = form.querySelector("output");
  if (boxes.includes(target)) counted.value = pieces ? yuan(pieces) : "";
  const fen = Math.round(plain(counted.value) * 100), rest = fen - expected;
  told.textContent = !counted.value || Number.isNaN(fen) ? ""
    : (rest ? (rest < 0 ? lacks : over).replace("#", yuan(Math.abs(rest))) : even);
  told.className = rest ? "amber" : "green";
});
