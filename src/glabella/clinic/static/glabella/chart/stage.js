// The face: draws the points from the stencils in the SVG and turns the hand into changes.

import { NUDGE_MM, changed, dropletGroups, find, landing, mirrorImage, movedBy, signedX, without } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";
const TAP_PX = 7;
// Half of what a finger needs, and the reach that is drawn around a point.
const FINGER_PX = 22;
const REACH_MM = 5.3;
const CAPTIONS = { below: [0, 5.4, "middle"], above: [0, -3.5, "middle"], right: [3.3, 0.9, "start"], left: [-3.3, 0.9, "end"] };
const SIZES = [2.7, 2.5, 1.95, 1.55];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Stage {
  #drag = null;
  #refused = null;

  constructor({ store, config, arm, names, callout }) {
    Object.assign(this, { store, config, arm, names, callout });
    // A tool that takes taps while it is open; the droplet tool sets it.
    this.tool = null;
    this.svg = document.querySelector("[data-stage] svg");
    this.layer = this.svg.querySelector("[data-layer=points]");
    this.svg.addEventListener("pointerdown", (event) => this.#down(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    this.svg.addEventListener("pointerup", (event) => this.#up(event));
    this.svg.addEventListener("pointercancel", () => this.#cancel());
    this.svg.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Draw all points anew, keeping the focus where it was. */
  draw() {
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    const hadFocus = this.layer.contains(document.activeElement);
    const single = this.store.points.filter((point) => !point.region);
    const groups = dropletGroups(this.store.points).map((group) => this.#dropletNodes(group));
    this.layer.replaceChildren(...groups, ...single.map((point, i) => this.#pointNode(point, i + 1)));
    if (hadFocus && focused) this.focus(focused);
  }

  focus(key) {
    this.layer.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  }

  refuse(key, words) {
    this.#refused = key || null;
    const point = find(this.store.points, key);
    this.callout.hidden = !point;
    this.callout.textContent = words;
    this.draw();
    if (point) this.#placeCallout(point);
  }

  settle() {
    this.#refused = null;
    this.callout.hidden = true;
  }

  #placeCallout(point) {
    const at = new DOMPoint(signedX(point), -point.y_mm).matrixTransform(this.svg.getScreenCTM());
    const box = this.callout.parentElement.getBoundingClientRect();
    this.callout.style.left = `${Math.min(Math.max(at.x - box.left, 130), box.width - 130)}px`;
    this.callout.style.top = `${at.y - box.top + 26}px`;
  }

  #pointNode(point, number) {
    const vial = this.config.vials.find((v) => v.id === point.vial);
    const product = vial?.product_id || "botox-cosmetic";
    const node = document.createElementNS(SVG, "g");
    const stencil = document.getElementById(`stencil-${product}-${point.depth}`);
    node.append(...[...(stencil?.childNodes || [])].map((child) => child.cloneNode(true)));
    this.#label(node, point, `${vial?.letter || "?"}${number}`);
    const title = document.createElementNS(SVG, "title");
    title.textContent = this.names(point, number);
    node.prepend(title);
    node.setAttribute("class", this.#classes(point));
    node.setAttribute("transform", `translate(${signedX(point)} ${-point.y_mm})`);
    const about = { "data-key": point.key, tabindex: "0", role: "button" };
    about["aria-label"] = title.textContent;
    about["aria-pressed"] = String(point.key === this.store.selected);
    for (const [name, value] of Object.entries(about)) node.setAttribute(name, value);
    return node;
  }

  /** Droplets that are alike: small rings without words, in one picture with one name. */
  #dropletNodes({ region, vial: id, units, points }) {
    const vial = this.config.vials.find((v) => v.id === id);
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", `droplets product-${vial?.product_id || ""}`);
    group.setAttribute("role", "img");
    const name = this.config.droplets.names[region] || region.replace("drawn-", "drawn region ");
    group.setAttribute("aria-label", `${points.length} droplets, ${name}, ${units} U ${vial?.product_name || ""} each`);
    for (const point of points) {
      const ring = document.createElementNS(SVG, "circle");
      const selected = point.key === this.store.selected ? " droplet-selected" : "";
      const refused = point.key === this.#refused ? " droplet-refused" : "";
      const about = { r: "1.05", class: `droplet${selected}${refused}`, "data-key": point.key };
      about.transform = `translate(${signedX(point)} ${-point.y_mm})`;
      for (const [key, value] of Object.entries(about)) ring.setAttribute(key, value);
      group.append(ring);
    }
    return group;
  }

  #label(node, point, words) {
    const units = node.querySelector(".point-units");
    if (units) units.textContent = String(point.units);
    units?.setAttribute("font-size", SIZES[Math.min(String(point.units).length, SIZES.length) - 1]);
    const [x, y, anchor] = CAPTIONS[point.label_place || "below"];
    for (const caption of node.querySelectorAll(".point-caption")) {
      caption.textContent = words;
      caption.setAttribute("x", x);
      caption.setAttribute("y", y);
      caption.setAttribute("text-anchor", anchor);
    }
  }

  #classes(point) {
    const selected = point.key === this.store.selected ? " point-selected" : "";
    return `point${selected}${point.key === this.#refused ? " point-refused" : ""}`;
  }

  /** Keep each point within a finger's reach at any size of the picture. */
  resize() {
    this.svg.style.setProperty("--touch", `${this.#reach()}px`);
  }

  #reach() {
    return Math.max(REACH_MM, FINGER_PX / this.svg.getScreenCTM().a);
  }

  /** The point nearest to a hand, within a finger's reach; a mouse is more exact. */
  #keyAt(event) {
    const [x, y] = this.#at(event);
    let least = event.pointerType === "mouse" ? REACH_MM : this.#reach();
    let key = null;
    if (this.tool?.drawing) return null;
    // Droplets lie everywhere: they are in the hand only while their tool is open.
    for (const point of this.store.points.filter((p) => this.tool?.open || !p.region)) {
      const distance = Math.hypot(signedX(point) - x, point.y_mm - y);
      if (distance <= least) [least, key] = [distance, point.key];
    }
    return key;
  }

  #at(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [place.x, -place.y];
  }

  #down(event) {
    if (event.button !== 0) return;
    const key = this.#keyAt(event);
    this.#drag = { key, from: [event.clientX, event.clientY], moved: false, place: null };
    if (!key) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    this.store.select(key);
    this.focus(key);
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]);
    if (!drag.moved && far < TAP_PX) return;
    drag.moved = true;
    if (!drag.key) return;
    const [x, y] = this.#at(event);
    const snap = this.arm.snaps && !event.altKey && !find(this.store.points, drag.key)?.region;
    drag.place = landing(this.store.points, this.config.sites, x, y, { snap, except: drag.key });
    const node = this.layer.querySelector(`[data-key="${CSS.escape(drag.key)}"]`);
    node?.setAttribute("transform", `translate(${signedX(drag.place)} ${-drag.place.y_mm})`);
    node?.classList.add("point-dragged");
  }

  #up(event) {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return;
    if (drag.key && drag.moved && drag.place) {
      this.store.change(changed(this.store.points, drag.key, drag.place), { select: drag.key });
    } else if (!drag.key && !drag.moved) this.#tap(event);
  }

  #cancel() {
    this.#drag = null;
    this.draw();
  }

  #tap(event) {
    const [x, y] = this.#at(event);
    if (this.tool?.open) {
      this.tool.tap(x, y);
      return;
    }
    const spot = landing(this.store.points, this.config.sites, x, y, { snap: this.arm.snaps && !event.altKey });
    const point = this.arm.point(spot);
    if (point) this.store.change([...this.store.points, point], { select: point.key, why: "Placed." });
  }

  #key(event) {
    const key = event.target.closest?.(".point")?.dataset.key;
    const point = key && find(this.store.points, key);
    if (!point || event.ctrlKey || event.metaKey) return;
    if (this.act(event.key, point, event.shiftKey)) event.preventDefault();
  }

  /** What a key does to a point; true when it did something. */
  act(name, point, far = false) {
    const { store } = this;
    if (ARROWS[name]) this.nudge(point, ...ARROWS[name], far ? 4 : 1);
    else if (name === "Delete" || name === "Backspace") store.change(without(store.points, point.key), { why: "Deleted." });
    else if (name === "+" || name === "=") this.addUnits(point, 1);
    else if (name === "-") this.addUnits(point, -1);
    else if (name === "m") this.mirror(point);
    else if (name === "Enter" || name === " ") store.select(point.key);
    else if (name === "Escape") store.select(null);
    else return false;
    return true;
  }

  nudge(point, across, up, steps = 1) {
    const moved = movedBy(point, across * NUDGE_MM * steps, up * NUDGE_MM * steps);
    this.store.change(changed(this.store.points, point.key, moved), { select: point.key });
  }

  addUnits(point, steps) {
    const units = this.arm.stepped(point, steps);
    this.store.change(changed(this.store.points, point.key, { units }), { select: point.key });
  }

  mirror(point) {
    const image = mirrorImage(point);
    if (image) this.store.change([...this.store.points, image], { select: image.key, why: "Mirrored." });
  }
}
