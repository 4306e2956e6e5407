// The droplet tool: where, how large, how close; the grid is seen before it is placed.

import { find, newKey, signedX, typedNumber } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";
const WAIT_MS = 250;
const T_ZONE = ["forehead", "nose"];
const OWN = "";
// A tap this near to the first corner closes an outline.
const CLOSING_MM = 4;

export class Droplets {
  #timer = null;
  #asked = 0;
  #sheet = null;
  #corners = null;
  #outlines = [];
  #layerWasOn = false;

  constructor({ store, config, arm, stage, view, post, say }) {
    Object.assign(this, { store, config, arm, stage, view, post, say });
    this.node = document.querySelector("[data-droplet-tool]");
    this.details = this.node.querySelector("details");
    this.words = this.#one("[data-droplet-sheet]");
    this.layer = document.createElementNS(SVG, "g");
    this.layer.setAttribute("data-layer", "droplet-preview");
    stage.layer.before(this.layer);
    this.details.addEventListener("toggle", () => this.#opened());
    this.node.addEventListener("input", () => this.#wonder());
    this.node.addEventListener("click", (event) => this.#clicked(event));
    this.#one("[name=droplet-protocol]").addEventListener("change", () => this.#chosen());
    for (const radio of document.querySelectorAll("input[name=vial]")) {
      radio.addEventListener("change", () => this.#armed());
    }
    this.#armed();
  }

  get open() {
    return this.details.open;
  }

  /** While an outline is drawn every tap is a corner, also over points. */
  get drawing() {
    return this.open && this.#corners !== null;
  }

  /** A tap on the face while the tool is open: a corner, or a region chosen or left. */
  tap(x, y) {
    if (this.#corners) this.#corner(x, y);
    else this.#tapRegion(x, y);
  }

  #one(selector) {
    return this.node.querySelector(selector);
  }

  get #boxes() {
    return [...this.node.querySelectorAll("[name=droplet-region]")];
  }

  get #regions() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }

  get #protocol() {
    const id = this.#one("[name=droplet-protocol]").value;
    return this.#protocols().find((one) => one.id === id) || null;
  }

  #protocols() {
    return this.config.droplets.protocols[this.arm.vial?.product_id] || [];
  }

  #number(name) {
    return typedNumber(this.#one(`[name=${name}]`).value, 4);
  }

  #opened() {
    const box = document.querySelector("input[name=layer][value=skin]");
    if (this.open) this.#layerWasOn = box.checked;
    else this.#corners = null;
    box.checked = this.open || this.#layerWasOn;
    box.dispatchEvent(new Event("change"));
    // A droplet that cannot be taken any more is let go; the event comes late, after a quick tap.
    if (!this.open && find(this.store.points, this.store.selected)?.region) this.store.select(null);
    this.#drawing();
    this.#wonder();
    if (this.open) this.#show();
  }

  /** Bring the tool to the top of the rail where the rail scrolls by itself. */
  #show() {
    const rail = this.node.closest(".rail");
    rail.scrollTop += this.node.getBoundingClientRect().top - rail.getBoundingClientRect().top - 8;
  }

  /** The vial's product decides which protocols there are, its dilution how strong they get. */
  #armed() {
    const list = this.#one("[name=droplet-protocol]");
    const kept = list.value;
    const names = this.#protocols().map(({ id, name }) => new Option(name, id));
    list.replaceChildren(...names, new Option("Own numbers", OWN));
    if ([...list.options].some((option) => option.value === kept) && kept) list.value = kept;
    this.#chosen();
  }

  #chosen() {
    const protocol = this.#protocol;
    const field = this.#one("[name=droplet-ml]");
    field.disabled = Boolean(protocol?.droplet_ml);
    field.value = protocol?.droplet_ml ? String(Number(protocol.droplet_ml.toFixed(4))) : "";
    this.#one("[data-protocol-words]").textContent = protocol
      ? `${protocol.units_per_ml} U per mL: ${protocol.where}.`
      : "Your own numbers, in units of this product.";
    const vial = this.arm.vial;
    this.#one("[data-mix-words]").textContent = vial?.units_per_tenth_ml
      ? `The vial in hand: ${vial.units_per_tenth_ml} U ${vial.product_name} in 0.1 mL.`
      : "Choose a vial first.";
    this.#wonder();
  }

  #clicked(event) {
    const act = event.target.closest("[data-droplets]")?.dataset.droplets;
    if (act === "t-zone") this.#tick(T_ZONE);
    else if (act === "draw") this.#draw();
    else if (act === "back") this.#takeBack();
    else if (act === "close") this.#close();
    else if (act === "forget") this.#outlines = [];
    else if (act === "place") this.#place();
    if (act === "forget") this.#drawing();
    if (act && act !== "place") this.#wonder();
  }

  #tick(names) {
    const on = !names.every((name) => this.#regions.includes(name));
    for (const box of this.#boxes) if (names.includes(box.value)) box.checked = on;
  }

  #tapRegion(x, y) {
    const spot = new DOMPoint(x, -y);
    const shapes = [...this.stage.svg.querySelectorAll("[data-layer=skin] [data-region]")];
    const hit = shapes.find((shape) => shape.isPointInFill(spot));
    if (!hit) {
      this.say("Tap a region with a broken line, tick one, or draw an outline.");
      return;
    }
    this.#tick([hit.dataset.region]);
    this.#wonder();
  }

  #draw() {
    this.#corners = this.#corners ? null : [];
    this.#drawing();
  }

  #corner(x, y) {
    const [first] = this.#corners;
    const near = first && Math.hypot(first[0] - x, first[1] - y) < CLOSING_MM;
    if (near && this.#corners.length > 2) this.#close();
    else {
      this.#corners = [...this.#corners, [Number(x.toFixed(1)), Number(y.toFixed(1))]];
      this.#drawing();
    }
  }

  #takeBack() {
    this.#corners = (this.#corners || []).slice(0, -1);
    this.#drawing();
  }

  #close() {
    if (!this.#corners || this.#corners.length < 3) {
      this.say("An outline needs three corners or more: tap them around the region.");
      return;
    }
    const mirrored = this.#one("[name=outline-mirrored]").checked;
    const name = `drawn region ${this.#outlines.length + 1}`;
    this.#outlines = [...this.#outlines, { points_mm: this.#corners, mirrored, name }];
    this.#corners = null;
    this.#drawing();
    this.#wonder();
  }

  /** Words and lines of what is being drawn. */
  #drawing() {
    const count = this.#corners?.length ?? 0;
    this.#one("[data-drawing]").hidden = !this.#corners;
    this.#one("[data-droplets=draw]").setAttribute("aria-pressed", String(Boolean(this.#corners)));
    this.#one("[data-droplets=forget]").hidden = !this.#outlines.length;
    this.#one("[data-drawing-words]").textContent = count
      ? `${count} ${count === 1 ? "corner" : "corners"}. Tap the next one, or the first again to close.`
      : "Tap the corners one after the other around the region.";
    this.#picture();
  }

  /** Ask for the grid when the hand has rested for a moment. */
  #wonder() {
    clearTimeout(this.#timer);
    this.#sheet = null;
    this.#asked += 1;
    this.#button();
    this.#picture();
    if (!this.open) return;
    const missing = this.#missing();
    if (missing) this.#say(missing);
    else this.#timer = setTimeout(() => this.#ask(this.#asked), WAIT_MS);
  }

  #missing() {
    if (!this.arm.vial) return "Choose a vial first.";
    if (!this.#regions.length && !this.#outlines.length) return "Where? Tap a region on the face, tick one, or draw an outline.";
    if (!(this.#number("droplet-spacing") > 0)) return "Type the distance between neighbours: no text that was read gives one.";
    if (!(this.#number("droplet-ml") > 0)) return "Type the volume of a droplet.";
    return "";
  }

  #say(words, kind = "help") {
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = words;
    this.words.replaceChildren(line);
  }

  async #ask(turn) {
    const protocol = this.#protocol;
    const regions = this.#regions;
    const staying = this.store.points.filter((point) => point.region && !regions.includes(point.region));
    const wanted = {
      taken: staying.map((point) => [signedX(point), point.y_mm]),
      vial: this.arm.vial.id,
      regions,
      outlines: this.#outlines,
      protocol: protocol?.id || "",
      spacing_mm: this.#number("droplet-spacing"),
      droplet_ml: protocol?.droplet_ml ? null : this.#number("droplet-ml"),
    };
    let told = { status: 0, body: {} };
    try {
      told = await this.post(this.config.urls.droplets, wanted);
    } catch {
      // What is said below of status 0.
    }
    if (turn !== this.#asked) return;
    if (told.status === 200) {
      this.#sheet = told.body;
      this.words.innerHTML = told.body.html;
    } else this.#say(told.body.error || "The clinic did not answer. Change a number to try again.", "field-error");
    this.#button();
    this.#picture();
  }

  #button() {
    const button = this.#one("[data-droplets=place]");
    button.disabled = !this.#sheet;
    button.textContent = this.#sheet ? `Place ${this.#sheet.droplets} droplets` : "Place droplets";
  }

  /** All at once, one step to undo; a region that has droplets gets the new ones instead. */
  #place() {
    const numbers = this.store.points.map((point) => Number(/^drawn-(\d+)$/.exec(point.region || "")?.[1] || 0));
    const last = Math.max(0, ...numbers);
    const region = (name) => name.replace(/^drawn-(\d+)$/, (_, number) => `drawn-${last + Number(number)}`);
    const added = this.#sheet.points.map((point) => ({ ...point, area: "", site: "", key: newKey(), region: region(point.region) }));
    const filled = new Set(added.map((point) => point.region));
    const kept = this.store.points.filter((point) => !filled.has(point.region));
    const replaced = this.store.points.length - kept.length;
    const why = `${added.length} droplets placed${replaced ? `, in place of ${replaced}` : ""}.`;
    this.#outlines = [];
    for (const box of this.#boxes) box.checked = false;
    this.view.reveal(added);
    this.store.change([...kept, ...added], { select: null, why });
    this.#drawing();
    this.#wonder();
    this.#say(`${why} Undo takes them away again.`);
  }

  /** Droplets to come as pale rings, outlines and corners as lines. */
  #picture() {
    const chosen = this.open ? this.#regions : [];
    for (const shape of this.stage.svg.querySelectorAll("[data-layer=skin] [data-region]")) {
      shape.classList.toggle("region-chosen", chosen.includes(shape.dataset.region));
    }
    const drawn = this.open ? [...this.#outlines.flatMap((one) => this.#outline(one)), ...this.#unfinished()] : [];
    const rings = (this.#sheet?.points || []).map((point) => node("circle", { cx: signedX(point), cy: -point.y_mm, r: 1.05 }));
    this.layer.replaceChildren(...drawn, ...(this.open ? rings : []));
  }

  #outline({ points_mm: corners, mirrored }) {
    const path = (sign) => node("path", { d: `M${corners.map(([x, y]) => `${sign * x} ${-y}`).join("L")}Z`, class: "outline" });
    return mirrored ? [path(1), path(-1)] : [path(1)];
  }

  #unfinished() {
    if (!this.#corners?.length) return [];
    const line = node("path", { d: `M${this.#corners.map(([x, y]) => `${x} ${-y}`).join("L")}`, class: "outline" });
    return [line, ...this.#corners.map(([x, y]) => node("circle", { cx: x, cy: -y, r: 1.3, class: "corner" }))];
  }
}

function node(name, values) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
  return made;
}
