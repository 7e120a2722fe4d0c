// Attendance where scripts run: seconds that count down, a camera that reads codes, a list entered by keyboard.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);

  // The code on the screen: htmx brings the next one, here only the seconds go by.
  setInterval(() => {
    const code = byId("code"), says = code?.querySelector("[data-says]");
    if (!says) return;
    const left = Math.max(0, Number(code.dataset.left) - 1);
    code.dataset.left = left;
    says.textContent = says.dataset.says.replace("#", left);
    code.querySelector("progress").value = left;
  }, 1000);

  // The list at the door: read anew while it is looked at, unless a choice stands open or a finger is on it.
  setInterval(() => {
    const list = byId("attendance");
    if (!list || document.hidden || !navigator.onLine || list.querySelector("details[open], :active")) return;
    list.dispatchEvent(new Event("refresh"));
  }, 15000);

  // The scanner: what the camera reads is put into the box and sent, the same code not twice in a row.
  const scanner = byId("scanner"), camera = byId("camera");
  if (scanner && "BarcodeDetector" in window && navigator.mediaDevices) {
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, hidden: true });
    const says = camera.querySelector(".hint");
    const button = camera.querySelector("[data-camera]"), box = byId("code");
    const last = () => sessionStorage.getItem("scanned");
    const watch = async (detector) => {
      const found = await detector.detect(video).catch(() => []);
      const text = found[0]?.rawValue;
      if (text && text !== last()) {
        sessionStorage.setItem("scanned", text);
        box.value = text;
        scanner.requestSubmit();
        return;
      }
      setTimeout(watch, 200, detector);
    };
    const start = async () => {
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        await video.play();
        video.hidden = false;
        button.hidden = true;
        sessionStorage.setItem("camera", "on");
        watch(new BarcodeDetector({ formats: ["qr_code"] }));
      } catch {
        sessionStorage.removeItem("camera");
        says.textContent = camera.dataset.denied;
      }
    };
    camera.insertBefore(video, says);
    camera.hidden = false;
    button.onclick = start;
    if (sessionStorage.getItem("camera")) start();
  }

  // The paper list: Enter and the arrows move up and down, "=" becomes what stands above.
  const paper = byId("paper"), rows = byId("rows");
  const column = (box) => [...rows.querySelectorAll(`td:nth-child(${box.closest("td").cellIndex + 1}) input`)];
  paper?.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!target.closest("#rows") || !["Enter", "ArrowDown", "ArrowUp"].includes(key) || event.isComposing) return;
    event.preventDefault();
    const boxes = column(target), at = boxes.indexOf(target);
    const next = boxes[at + (key === "ArrowUp" ? -1 : 1)]
      ?? (key === "Enter" ? column(target.closest("tr").querySelectorAll("input")[1])[0] : null);
    if (next && next !== target) { next.focus(); next.select(); }
    if (key === "Enter" && at === boxes.length - 1 && target.closest("td").cellIndex === 2) paper.querySelector(".save .btn").focus();
  });
  paper?.addEventListener("change", ({ target }) => {
    if (!target.closest("#rows") || !/^[=＝"〃]$/.test(target.value.trim())) return;
    const boxes = column(target), above = boxes.slice(0, boxes.indexOf(target)).reverse().find((box) => box.value.trim());
    if (above) target.value = above.value;
  });
  paper?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.id !== "q") return;
    event.preventDefault();
    paper.querySelector("[name=search]").click();
  });
})();
