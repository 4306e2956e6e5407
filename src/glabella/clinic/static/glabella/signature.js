// Signing by hand: pointer strokes on a canvas, kept as numbers, drawn again after an error.

const WIDTH = 1000;
const HEIGHT = 333;

for (const form of document.querySelectorAll("form[data-signing]")) sign(form);

const all = document.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const box of document.querySelectorAll("[name^=risk-]")) box.checked = true;
  });
}

function sign(form) {
  const pad = form.querySelector("[data-pad]");
  const canvas = pad?.querySelector("canvas");
  const kept = form.querySelector("[name=strokes]");
  if (!pad || !canvas || !kept) return;
  const pen = canvas.getContext("2d");
  let strokes = read(kept.value);
  let active = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = (value, size, most) => Math.min(Math.max((value / size) * most, 0), most);
    return [
      Math.round(at(event.clientX - box.left, box.width, WIDTH) * 10) / 10,
      Math.round(at(event.clientY - box.top, box.height, HEIGHT) * 10) / 10,
    ];
  };

  function draw() {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const dots = window.devicePixelRatio || 1;
    canvas.width = Math.round(box.width * dots);
    canvas.height = Math.round(box.height * dots);
    pen.lineWidth = 2.4 * dots;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#15212b";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo((x / WIDTH) * canvas.width, (y / HEIGHT) * canvas.height);
      pen.stroke();
    }
  }

  function keep() {
    kept.value = strokes.length ? JSON.stringify(strokes) : "";
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (active !== null || event.button > 0) return;
    active = event.pointerId;
    canvas.setPointerCapture(active);
    strokes.push([place(event)]);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== active) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const one of moves.length ? moves : [event]) strokes.at(-1).push(place(one));
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== active) return;
      active = null;
      keep();
    });
  }
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    keep();
  });

  const show = () => {
    const typed = form.querySelector("[name=method]:checked")?.value === "typed";
    pad.hidden = typed;
    draw();
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "method") show();
  });
  window.addEventListener("resize", draw);
  show();
}

function read(text) {
  try {
    return JSON.parse(text || "[]");
  } catch {
    return [];
  }
}
