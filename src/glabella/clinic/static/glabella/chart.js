// The chart page: puts store, face, table, tool, forecast and saving together.

import { Arm } from "./chart/arm.js";
import { Banner } from "./chart/banner.js";
import { Droplets } from "./chart/droplets.js";
import { alike, countChanges, find, mirrorAll, newKey, plain, without } from "./chart/model.js";
import { Motion } from "./chart/motion.js";
import { Propose } from "./chart/propose.js";
import { Saver } from "./chart/save.js";
import { Stage } from "./chart/stage.js";
import { Store } from "./chart/store.js";
import { Table } from "./chart/table.js";
import { View } from "./chart/view.js";

const one = (selector) => document.querySelector(selector);
const config = JSON.parse(one("#chart-config").textContent);
const treatment = one("[data-chart]").dataset.chart;
const announce = (words) => { if (words) one("[data-announce]").textContent = words; };

const store = new Store(plain(config.points || []));
const banner = new Banner();
const motion = new Motion();
const say = (words) => { announce(words); banner.show("word", words, [{ words: "Close", act: () => banner.hide("word") }]); };
const arm = new Arm({ config, say });
const table = new Table({ store, config, say });
const stage = new Stage({ store, config, arm, names, callout: one("[data-callout]") });
const view = new View({ svg: stage.svg, resized: () => { stage.resize(); drawLegend(); } });
const saver = new Saver({ treatment, urls: config.urls, version: config.version, answer, trouble, state });
const propose = new Propose({ store, config, arm, saver, treatment, announce, reveal: (points) => view.reveal(points), names });

stage.tool = new Droplets({ store, config, arm, stage, view, say, post: (url, body) => saver.post(url, body) });

function names(point, number) {
  const vial = config.vials.find((v) => v.id === point.vial);
  if (point.region) return `Droplet, ${config.droplets.names[point.region] || point.region.replace("drawn-", "drawn region ")}, ${point.units} U ${vial?.product_name || ""}`;
  const name = table.name(point.key) || `${point.side} point ${number}`;
  return `${name}, ${point.units} U ${vial?.product_name || ""}, ${point.depth}`;
}

function draw() {
  table.draw();
  for (const point of store.points) point.label_place = table.labelPlace(point.key);
  stage.draw();
  arm.showRemaining(store.points);
  one("[data-act=undo]").disabled = !store.canUndo;
  one("[data-act=redo]").disabled = !store.canRedo;
  propose.mark(find(store.points, store.selected));
  drawPointBar();
}

function drawPointBar() {
  const point = find(store.points, store.selected);
  one("[data-point-tools]").hidden = !point;
  if (!point) {
    one("[data-point-name]").textContent = "Tap the face to place a point; tap a point to change it.";
    return;
  }
  const number = store.points.indexOf(point) + 1;
  one("[data-point-name]").textContent = point.region ? names(point) : `${number}. ${names(point, number)}`;
  one("[data-point-units]").textContent = `${point.units} U`;
  one("[data-act=mirror-selected]").disabled = point.side === "midline";
}

store.listen((_, { edited, why }) => {
  stage.settle();
  table.settle();
  draw();
  announce(why);
  if (edited) saver.save(store.points);
});

function answer(body, { latest }) {
  for (const kind of ["offline", "refused", "signed-out", "conflict"]) banner.hide(kind);
  one("[data-part=totals]").innerHTML = body.totals_html;
  renderPanel(body.panel_html);
  if (latest) table.merge(body.rows_html);
  one("[data-stop-count]").textContent = String(body.stops);
  one("[data-stops]").hidden = !body.stops;
  motion.load(body.frames);
  draw();
  if (latest) propose.follow();
}

function renderPanel(html) {
  const panel = one("[data-part=panel]");
  const open = [...panel.querySelectorAll("details[open] > summary")].map((node) => node.textContent);
  panel.innerHTML = html;
  for (const node of panel.querySelectorAll("details > summary")) {
    if (node.parentElement.className === "basis" && open.includes(node.textContent)) node.parentElement.open = true;
  }
}

function state(name, at = "") {
  const words = { waiting: "Saving…", saving: "Saving…", saved: `Saved ${at}`, unsaved: "Not saved yet" };
  one("[data-save]").textContent = words[name];
  one("[data-save]").dataset.state = name;
}

const KEPT = "Your points are kept on this device.";

function trouble(status, body) {
  if (status === 422) {
    const words = body.error || "The clinic could not take this.";
    stage.refuse(body.key, words);
    table.refuse(body.key, words);
    banner.show("refused", `Not saved: ${words} Nothing is lost; correct it and it will be saved.`);
  } else if (status === 409) conflict(body);
  else if (status === 0 || status >= 500) {
    const words = status ? "The clinic's computer did not answer as it should." : "There is no connection to the clinic.";
    banner.show("offline", `${words} ${KEPT} They will be saved when it answers again.`, [{ words: "Try now", act: () => saver.retry() }]);
  } else signedOut(status, body);
}

function signedOut(status, body) {
  if (status === 403 && body.error) {
    banner.show("refused", `Not saved: ${body.error} ${KEPT}`, [{ words: "Try again", act: () => saver.retry() }]);
    return;
  }
  const way = status === 401
    ? { words: "Sign in and come back", href: signIn(body.sign_in), act: () => { leaving = true; } }
    : { words: "Reload", act: reload };
  const words = body.error || `You are signed out. ${KEPT}`;
  banner.show("signed-out", words, [way, { words: "Try again", act: () => saver.retry() }]);
}

let leaving = false;
const signIn = (url) => `${url || config.urls.sign_in}?next=${encodeURIComponent(location.pathname)}`;
const reload = () => { leaving = true; location.reload(); };

function conflict(body) {
  const theirs = plain(body.points || []);
  const words = `${body.error || "Someone else has saved this chart meanwhile."} Theirs has ${theirs.length} points, yours ${store.points.length}.`;
  banner.show("conflict", words, [
    { words: "Keep mine", act: () => { banner.hide(); saver.settle(body.version, store.points); } },
    { words: "Take theirs", act: () => { banner.hide(); store.reset(theirs); saver.settle(body.version, theirs); } },
  ]);
}

function offerKept() {
  const kept = saver.kept();
  if (!kept?.points) return;
  const count = countChanges(kept.points, store.points);
  if (!count || alike(kept.points, store.points)) {
    saver.forget();
    return;
  }
  const at = new Date(kept.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const words = `${count} ${count === 1 ? "change was" : "changes were"} kept on this device at ${at}, not yet saved to the clinic.`;
  banner.show("kept", words, [
    { words: "Restore", act: () => { banner.hide(); store.change(kept.points); } },
    { words: "Discard", act: () => { banner.hide(); saver.forget(); } },
  ]);
}

async function stamp(button, wanted) {
  if (!arm.vial) return;
  button.disabled = true;
  try {
    const { status, body } = await saver.post(config.urls.stamp, { ...wanted, vial: arm.vial.id });
    if (status !== 200) trouble(status === 422 ? 422 : status, body);
    else {
      const added = plain(body.points.map((point) => ({ ...point, key: newKey() })));
      banner.hide("word");
      view.reveal(added);
      store.change([...store.points, ...added], { select: null, why: `${added.length} points stamped.` });
    }
  } catch {
    trouble(0, {});
  }
  button.disabled = false;
}

/** An area outside the label: its units are typed, never filled in. */
function stampArea(button) {
  const { name, ...wanted } = arm.area;
  if (wanted.units > 0) stamp(button, wanted);
  else say(`Type the units for ${name} first: how many in all, of ${arm.vial?.product_name || "the vial in hand"}.`);
}

function addRow() {
  const point = arm.point({ side: "left", x_mm: 20, y_mm: 40, site: "", area: "" });
  if (!point) return;
  store.change([...store.points, point], { select: point.key, why: "A point was added; type where it lies." });
  one(`[data-part=rows] tr[data-key="${point.key}"] [name=x_mm]`)?.focus();
}

const selected = () => find(store.points, store.selected);
const ACTS = {
  undo: () => store.undo(),
  redo: () => store.redo(),
  "mirror-all": () => store.change(mirrorAll(store.points), { why: "Mirrored." }),
  clear: () => store.change([], { select: null, why: "Cleared. Undo brings the points back." }),
  "add-row": addRow,
  propose: () => propose.open(),
  hold: () => { propose.toggleHeld(store.selected); draw(); },
  "units-up": () => stage.addUnits(selected(), 1),
  "units-down": () => stage.addUnits(selected(), -1),
  "mirror-selected": () => stage.mirror(selected()),
  "remove-selected": () => store.change(without(store.points, store.selected), { why: "Deleted." }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-nudge], [data-stamp]");
  if (!button) return;
  if (button.dataset.nudge) stage.nudge(selected(), ...button.dataset.nudge.split(" ").map(Number));
  else if (button.dataset.stamp) stamp(button, { protocol: button.dataset.stamp });
  else if (button.dataset.act === "stamp-area") stampArea(button);
  else ACTS[button.dataset.act]?.();
});

document.addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyP" && !one("dialog[open]")) {
    event.preventDefault();
    propose.open();
  }
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  if (event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  if (event.shiftKey) store.redo();
  else store.undo();
});

/** What the marks on the face mean that have no words of their own there. */
function drawLegend() {
  const said = [];
  if (stage.svg.querySelector("[data-layer=ghost] > *")) said.push("Dashed rings: points of the last visit.");
  const danger = stage.svg.querySelector('[data-layer="danger"]:not(.layer-off)');
  const seen = ({ cx, cy }) => view.shows(cx.baseVal.value, cy.baseVal.value);
  const drawn = [...(danger?.querySelectorAll("[data-zone]") || [])].filter((zone) => seen(zone.querySelector("ellipse")));
  const zones = drawn.map((zone) => zone.querySelector("title").textContent.replace(/, (left|right|midline)$/, ""));
  if (stage.svg.querySelector('[data-layer="skin"]:not(.layer-off)')) {
    said.push("Broken lines: regions of the skin. Red hatching: no droplets.");
  }
  if (zones.length) said.push(`Hatched: ${[...new Set(zones)].join("; ")}.`);
  one("[data-legend]").textContent = said.join(" ");
  one("[data-legend]").hidden = !said.length;
}

for (const box of document.querySelectorAll("input[name=layer]")) {
  const show = () => {
    stage.svg.querySelector(`[data-layer="${box.value}"]`)?.classList.toggle("layer-off", !box.checked);
    drawLegend();
  };
  box.addEventListener("change", show);
  show();
}
window.addEventListener("beforeunload", (event) => {
  if (saver.unsaved && !leaving) event.preventDefault();
});

motion.load(config.frames);
if (store.points.length) view.reveal(store.points, ["upper", "lower"]);
draw();
offerKept();
one("[data-chart]").dataset.ready = "true";
