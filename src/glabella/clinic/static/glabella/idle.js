// Covers a page that nobody touches, ends its session, and goes on when the same person is back.

const ACTIVE = "glabella.active";
const EVENTS = ["pointerdown", "keydown", "wheel", "touchstart"];
const channel = new BroadcastChannel("glabella.session");
const veil = document.querySelector("[data-veil]");
const back = document.querySelector("[data-signed-in]");

const stored = () => Number(localStorage.getItem(ACTIVE)) || 0;
let last = Date.now();

function touched() {
  if (veil.open) return;
  last = Date.now();
  localStorage.setItem(ACTIVE, String(last));
}

async function cover() {
  if (veil.open) return;
  document.body.classList.add("veiled");
  veil.showModal();
  await fetch(veil.dataset.signOut, { method: "POST", headers: { "X-CSRFToken": token() }, redirect: "manual" });
}

function uncover() {
  document.body.classList.remove("veiled");
  veil.close();
  touched();
  // The chart saves what it kept as it does after a lost network.
  window.dispatchEvent(new Event("online"));
}

function look() {
  const away = Date.now() - Math.max(last, stored());
  if (away >= 1000 * Number(veil.dataset.idleSeconds)) cover();
}

function token() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

if (back) channel.postMessage({ user: back.dataset.signedIn });
if (veil) {
  touched();
  for (const name of EVENTS) addEventListener(name, touched, { capture: true, passive: true });
  setInterval(look, 1000);
  // Escape must not lift it.
  veil.addEventListener("cancel", (event) => event.preventDefault());
  channel.addEventListener("message", ({ data }) => {
    if (!veil.open) return;
    if (data.user === veil.dataset.user) uncover();
    else location.reload();
  });
}
