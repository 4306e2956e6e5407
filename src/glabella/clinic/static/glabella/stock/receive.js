// Receiving vials: a scanner that is always listened to, the camera, photos, and the list.

const one = (selector, within = document) => within.querySelector(selector);
const box = one("[data-scanner]");
const said = one("[data-scan-said]");
const list = one("[data-cartons]");
const total = one("[name=vial-TOTAL_FORMS]");
const field = one("[data-scan-text]");
const FRAME_MS = 450;
const SEPARATOR = "\u001d";
const seen = new Set();

function say(words, refused = false) {
  said.textContent = words;
  said.classList.toggle("refused", refused);
}

function name(carton) {
  return carton.serial ? `${carton.gtin}/${carton.serial}` : "";
}

function remember() {
  const lines = [...list.children];
  for (const line of lines) one("[data-remove]", line).hidden = false;
  const count = one("[data-count]");
  count.hidden = !lines.length;
  count.textContent = String(lines.length);
}

/** Give the lines their numbers again, so that the clinic reads them without a gap. */
function renumber() {
  [...list.children].forEach((line, place) => {
    for (const part of line.querySelectorAll("[name], [id], [for]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = part.getAttribute(attribute);
        if (value) part.setAttribute(attribute, value.replace(/vial-(\d+|__prefix__)-/, `vial-${place}-`));
      }
    }
  });
  total.value = String(list.children.length);
  remember();
}

function untouched(line) {
  const fields = line.querySelectorAll("input:not([type=hidden], [type=checkbox]), select");
  return [...fields].every((part) => !part.value);
}

function add(carton) {
  let line = carton && [...list.children].find(untouched);
  if (!line) {
    line = one("[data-blank]").content.cloneNode(true).firstElementChild;
    list.append(line);
    renumber();
  }
  if (!carton) {
    one("select", line).focus();
    return;
  }
  const input = (field) => one(`[name$="-${field}"]`, line);
  for (const key of ["product", "vial_units", "lot", "expiry", "serial", "gtin"]) {
    if (carton[key]) input(key).value = carton[key];
  }
  if (carton.tie) {
    input("tie").value = "on";
    input("product").value = "";
  }
  tell(line, carton);
}

function tell(line, carton) {
  const place = one("[data-said]", line);
  const finding = (tone, ...texts) => {
    const node = document.createElement("div");
    node.className = `finding finding-${tone}`;
    for (const text of texts.filter(Boolean)) {
      const words = document.createElement("p");
      words.textContent = text;
      node.append(words);
    }
    place.append(node);
  };
  if (carton.note) finding("warn", carton.note);
  for (const stop of carton.stops) {
    line.classList.add("carton-stopped");
    const source = stop.source && `Source: ${stop.source}`;
    finding("stop", `${stop.message} It goes into quarantine.`, stop.mend, source);
  }
}

async function ask(body) {
  body.append("csrfmiddlewaretoken", one("input[name=csrfmiddlewaretoken]").value);
  try {
    const answer = await fetch(box.dataset.url, { method: "POST", body, credentials: "same-origin" });
    return await answer.json();
  } catch {
    return { cartons: [], error: "The clinic cannot be reached. Scan again when the line is back." };
  }
}

function take({ cartons, error, quiet }) {
  const fresh = (cartons || []).filter((carton) => !seen.has(name(carton)));
  const known = (cartons || []).length - fresh.length;
  for (const carton of fresh) {
    if (name(carton)) seen.add(name(carton));
    add(carton);
  }
  if (error && !quiet) say(error, true);
  else if (fresh.length) say(fresh.length === 1 ? `Read: lot ${fresh[0].lot || "not in the code"}.` : `Read ${fresh.length} cartons.`);
  else if (known) say("This carton is on the list already.", true);
  return fresh.length > 0;
}

async function read(text) {
  if (!text.trim()) return;
  const body = new FormData();
  body.append("text", text);
  take(await ask(body));
}

async function readPicture(picture, quiet = false) {
  const body = new FormData();
  body.append("picture", picture, "picture.jpg");
  return take({ ...(await ask(body)), quiet });
}

// A keyboard scanner types fast and ends with Enter; wherever the cursor is not in a field, it
// is heard here. Some send the group separator as Ctrl+].
let typed = "";
let last = 0;
const inField = (node) => node.closest("input, select, textarea") && node !== field;

document.addEventListener("keydown", (event) => {
  if (inField(event.target)) return;
  const separator = event.ctrlKey && event.key === "]";
  if (event.target === field) {
    if (separator) {
      event.preventDefault();
      field.setRangeText(SEPARATOR, field.selectionStart, field.selectionEnd, "end");
    } else if (event.key === "Enter") {
      event.preventDefault();
      const text = field.value;
      field.value = "";
      read(text);
    }
    return;
  }
  const now = Date.now();
  if (now - last > 1000) typed = "";
  last = now;
  if (separator) typed += SEPARATOR;
  else if (event.key === "Enter" && typed.length > 8) {
    event.preventDefault();
    read(typed);
    typed = "";
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) typed += event.key;
});

one("[data-scan-read]").addEventListener("click", () => {
  const text = field.value;
  field.value = "";
  read(text);
  field.focus();
});

one("[data-picture]").addEventListener("change", async (event) => {
  const [picture] = event.target.files;
  event.target.value = "";
  if (!picture) return;
  say("Reading the picture …");
  await readPicture(picture);
});

// The camera: the browser's own detector where it reads DataMatrix, else frames for the clinic.
let stream = null;

function stop() {
  for (const track of stream?.getTracks() || []) track.stop();
  stream = null;
  one("[data-camera-box]").hidden = true;
}

async function detector() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  return formats.includes("data_matrix") ? new window.BarcodeDetector({ formats: ["data_matrix"] }) : null;
}

async function look(video, reader) {
  if (reader) {
    const [found] = await reader.detect(video);
    if (found && !looked.has(found.rawValue)) {
      looked.add(found.rawValue);
      await read(found.rawValue);
    }
    return;
  }
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const frame = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (frame) await readPicture(frame, true);
}
const looked = new Set();

one("[data-camera]").addEventListener("click", async () => {
  const video = one("[data-video]");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    say("The camera cannot be used here. Take a photo instead, or use a keyboard scanner.", true);
    return;
  }
  one("[data-camera-box]").hidden = false;
  video.srcObject = stream;
  await video.play();
  const reader = await detector();
  say("Hold the square code of a carton before the camera.");
  while (stream) {
    await look(video, reader);
    await new Promise((done) => setTimeout(done, FRAME_MS));
  }
});
one("[data-camera-stop]").addEventListener("click", stop);

one("[data-add]").addEventListener("click", () => add(null));
list.addEventListener("click", (event) => {
  if (!event.target.closest("[data-remove]")) return;
  const line = event.target.closest("[data-carton]");
  const value = (field) => one(`[name$="-${field}"]`, line).value;
  seen.delete(`${value("gtin")}/${value("serial")}`);
  line.remove();
  renumber();
});

box.hidden = false;
remember();
field.focus();
document.documentElement.dataset.receiveReady = "true";
