// Points of an event are tapped on the face; a running guide shows its clock and what others tick.

const REFRESH_MS = 5000;
// A tablet that nobody touches stops asking, so that it signs out in its time.
const UNTOUCHED_MS = 10 * 60 * 1000;
let touched = Date.now();
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => { touched = Date.now(); });
}

function tapping(face) {
  const keys = JSON.parse(document.getElementById("event-points").textContent);
  for (const point of face.querySelectorAll(".point[data-key]")) {
    const box = document.querySelector(`input[name="points"][value="${keys[point.dataset.key]}"]`);
    if (!box) continue;
    const show = () => point.classList.toggle("is-meant", box.checked);
    point.addEventListener("click", () => { box.checked = !box.checked; show(); });
    box.addEventListener("change", show);
    show();
  }
}

function since(clock) {
  const end = clock.dataset.until ? new Date(clock.dataset.until) : new Date();
  const seconds = Math.max(0, Math.floor((end - new Date(clock.dataset.since)) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return `${days ? `${days} d ` : ""}${hours || days ? `${two(hours)}:` : ""}${rest}`;
}

function tick(guide) {
  const clock = guide.querySelector(".clock");
  if (clock) clock.textContent = since(clock);
}

// What somebody is typing is left alone: the steps come anew when no note has words or focus.
function busy(guide) {
  return [...guide.querySelectorAll(".step-note")].some(
    (note) => note.value || note === document.activeElement);
}

async function refresh(guide) {
  if (Date.now() - touched > UNTOUCHED_MS) return;
  if (document.hidden || busy(guide) || guide.contains(document.activeElement)) return;
  const answer = await fetch(guide.dataset.url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  guide.innerHTML = await answer.text();
  tick(guide);
}

const face = document.querySelector("[data-face]");
if (face) tapping(face);
const guide = document.querySelector("[data-guide]");
if (guide) {
  tick(guide);
  setInterval(() => tick(guide), 1000);
  setInterval(() => refresh(guide), REFRESH_MS);
}
