// The page of a session outside the face: vial and units in the hand, taps on the pictures, the
// table as the way of the keyboard, and a draft that is saved as one goes.

import { newKey, plain, round } from "./chart/model.js";
import { Saver } from "./chart/save.js";

const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const config = JSON.parse(one("#chart-config").textContent);
const NEAR = 16;
let points = plain(config.points || []);
let selected = "";

/** Weight, guidance and scale travel with every save of the points. */
class SessionSaver extends Saver {
  post(url, body) {
    return super.post(url, url === this.urls.draft ? { ...body, sheet: sheet() } : body);
  }
}

const saver = new SessionSaver({
  treatment: `body-${one("[data-session]").dataset.session}`,
  urls: config.urls, version: config.version, answer, trouble, state,
});

const announce = (words) => { one("[data-announce]").textContent = words; };
const number = (name) => {
  const value = Number(one(`[name=${name}]`)?.value);
  return value > 0 ? value : null;
};

function sheet() {
  const scale = one("[name=scale]")?.value ?? "";
  return {
    weight_kg: number("weight"),
    guidance: one("[name=guidance]").value || null,
    scale_before: scale === "" ? null : Number(scale),
  };
}

const vial = () => config.vials.find((v) => String(v.id) === one("[name=vial]:checked")?.value);

function armed() {
  const held = vial();
  if (!held) say("Choose a vial first.");
  return held;
}

function sides() {
  const value = one("[name=sides]:checked").value;
  return value === "both" ? ["left", "right"] : [value];
}

const used = () => {
  const count = {};
  for (const point of points) {
    const side = config.targets[point.target]?.paired ? point.side : "midline";
    count[`${point.target} ${side}`] = (count[`${point.target} ${side}`] || 0) + 1;
  }
  return count;
};

function change(next, why) {
  points = next;
  announce(why);
  saver.save(points);
}

/** Ask the clinic for points: the protocol, a muscle, or the last session. */
async function ask(url, wanted, why, { anew = false } = {}) {
  const held = armed();
  if (!held) return;
  const taken = anew ? {} : used();
  const answer = await saver.post(url, { vial: held.id, weight_kg: number("weight"), used: taken, ...wanted });
  if (answer.status !== 200) return say(answer.body.error || "The clinic did not answer. Try again.");
  hideBanner();
  const added = answer.body.points.map((point) => ({ area: "", site: "", ...point, key: newKey() }));
  change([...(anew ? [] : points), ...added], `${why}: ${added.length} points.`);
}

function act(name, row) {
  const key = row?.dataset.key;
  const point = points.find((p) => p.key === key);
  // The whole protocol takes the label's units; where it gives no sites, those that are typed.
  if (name === "lay") return ask(config.urls.lay, { sides: sides(), sites: config.sites_known ? null : number("sites") }, "The protocol is laid", { anew: true });
  if (name === "repeat") return ask(config.urls.repeat, {}, "The last session is laid", { anew: true });
  if (name === "clear") return change([], "All points are removed.");
  if (name === "remove") return change(points.filter((p) => p.key !== key), "The point is removed.");
  if (name === "mirror" && point) {
    const side = point.side === "left" ? "right" : "left";
    return change([...points, { ...point, key: newKey(), side }], `Mirrored to the ${side}.`);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.act) act(button.dataset.act, button.closest("tr"));
  else if (button?.dataset.lay) {
    const wanted = { targets: [button.dataset.lay], sides: sides(), units: number("dose"), sites: number("sites") };
    ask(config.urls.lay, wanted, button.firstElementChild.textContent);
  } else {
    const figure = event.target.closest("[data-picture] svg");
    if (figure) tap(figure, event);
  }
});

/** A tap on a point selects it; on a muscle, or near a mark, it places one. */
function tap(svg, event) {
  const point = event.target.closest(".point[data-key]");
  if (point) return select(point.dataset.key);
  const picture = svg.closest("[data-picture]").dataset.picture;
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const x = config.behind.includes(picture) ? -place.x : place.x;
  const landed = landing(picture, event.target.closest("[data-target]")?.dataset.target, x, -place.y);
  if (!landed) return announce("No muscle of this protocol lies there.");
  const held = armed();
  if (!held) return;
  const units = number("dose");
  if (!units) {
    say("Type the units for a tap first.");
    return one("[name=dose]").focus();
  }
  const placed = { key: newKey(), area: "", site: "", ...landed, depth: config.depths[held.product_id] || "muscle", units, vial: held.id };
  change([...points, placed], `${config.targets[landed.target].name}, ${landed.side}: ${units} U ${held.product_name}.`);
}

function landing(picture, target, x, y) {
  const side = Math.abs(x) < 2 ? "midline" : x > 0 ? "left" : "right";
  const here = Object.entries(config.targets).filter(([, one]) => one.map === picture);
  let best = target && config.targets[target] ? target : null;
  let least = NEAR;
  for (const [key, known] of here) {
    for (const [mx, my] of best ? [] : known.sites) {
      const distance = Math.hypot((known.paired ? Math.abs(x) : x) - mx, y - my);
      if (distance < least) [target, least] = [key, distance];
    }
  }
  best = best || (least < NEAR ? target : null);
  if (!best) return null;
  const paired = config.targets[best].paired;
  if (paired && side === "midline") return { target: best, x_mm: round(Math.abs(x)), y_mm: round(y), side: x >= 0 ? "left" : "right" };
  return { target: best, x_mm: side === "midline" ? 0 : round(Math.abs(x)), y_mm: round(y), side };
}

function select(key) {
  selected = key;
  mark();
  const field = one(`tr[data-key="${CSS.escape(key)}"] input`);
  field?.scrollIntoView({ block: "center", behavior: "smooth" });
  field?.focus({ preventScroll: true });
  field?.select();
}

function mark() {
  for (const row of all("tr[data-key], .point[data-key]")) row.classList.toggle("selected", row.dataset.key === selected);
}

document.addEventListener("change", (event) => {
  const field = event.target;
  const row = field.closest("tr[data-key]");
  if (row && field.name === "units") {
    const units = Number(field.value);
    if (!(units > 0)) return say("A point needs more than 0 units; remove it instead.");
    change(points.map((p) => (p.key === row.dataset.key ? { ...p, units } : p)), `${units} units.`);
  } else if (["weight", "guidance", "scale"].includes(field.name)) saver.save(points);
  else if (field.name === "vial") arm();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-key]");
  if (row) { selected = row.dataset.key; mark(); }
});

function arm() {
  const held = vial();
  for (const part of all("[data-product]")) part.hidden = part.dataset.product !== held?.product_id;
}

function answer(body, { latest }) {
  hideBanner();
  one("[data-part=totals]").innerHTML = body.totals_html;
  one("[data-part=panel]").innerHTML = body.panel_html;
  one("[data-stop-count]").textContent = String(body.stops);
  one("[data-stops]").hidden = !body.stops;
  if (!latest) return;
  const focused = document.activeElement?.closest?.("tr[data-key]")?.dataset.key;
  one("[data-part=pictures]").innerHTML = body.pictures_html;
  one("[data-part=rows]").innerHTML = body.rows_html;
  mark();
  if (focused) one(`tr[data-key="${CSS.escape(focused)}"] input`)?.focus({ preventScroll: true });
}

function state(name, at = "") {
  const words = { waiting: "Saving…", saving: "Saving…", saved: `Saved ${at}`, unsaved: "Not saved yet" };
  one("[data-save]").textContent = words[name];
  one("[data-save]").dataset.state = name;
}

function say(words, link = "", button = null) {
  one("[data-banner-words]").textContent = words;
  const way = one("[data-banner-link]");
  way.hidden = !link;
  if (link) way.href = link;
  const press = one("[data-banner-act]");
  press.hidden = !button;
  press.textContent = button?.words || "";
  press.onclick = button?.act || null;
  one("[data-banner]").hidden = false;
  announce(words);
}

function hideBanner() {
  one("[data-banner]").hidden = true;
}

function trouble(status, body) {
  const kept = "Your points are kept on this device.";
  if (status === 409) {
    const mine = points;
    return say(body.error, "", { words: "Keep mine", act: () => { hideBanner(); saver.settle(body.version, mine); } });
  }
  if (status === 401) return say(`You are signed out. ${kept}`, `${config.urls.sign_in}?next=${encodeURIComponent(location.pathname)}`);
  if (status === 0 || status >= 500) return say(`There is no connection to the clinic. ${kept}`, "", { words: "Try now", act: () => saver.retry() });
  say(`Not saved: ${body.error || "the clinic could not take this."} Nothing is lost; correct it and it will be saved.`);
}

// What the clinic never confirmed is offered again, for instance after the browser died.
const kept = saver.kept();
if (kept && kept.points && JSON.stringify(kept.points) !== JSON.stringify(points)) {
  say("Points that were not saved are kept on this device.", "", {
    words: "Use them",
    act: () => { hideBanner(); change(kept.points, "The kept points are back."); },
  });
}
const used_last = one(`[name=vial][value="${points.at(-1)?.vial}"]`);
(used_last || one("[name=vial]"))?.click();
arm();
