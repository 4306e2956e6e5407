// The tool in hand: vial, units a point, depth, snapping; and the stamps of the armed product.

import { newKey, round, typedNumber } from "./model.js";

// Hands pause longer between two keys than a scanner does.
const SCAN_PAUSE_MS = 120;
const SHORTEST_CODE = 9;

export class Arm {
  constructor({ config, say }) {
    Object.assign(this, { config, say });
    this.dose = document.querySelector("input[name=dose]");
    this.quick = document.querySelector("[data-quick]");
    for (const radio of document.querySelectorAll("input[name=vial]")) {
      radio.addEventListener("change", () => this.armed());
    }
    document.querySelector("[data-act=dose-up]").addEventListener("click", () => this.#turn(1));
    document.querySelector("[data-act=dose-down]").addEventListener("click", () => this.#turn(-1));
    this.dose.addEventListener("input", () => this.#markQuick());
    this.#listen();
    this.areas = document.querySelector("select[name=area]");
    this.areaUnits = document.querySelector("input[name=area-units]");
    this.areas.addEventListener("change", () => this.#fillArea());
    this.#armFirst();
  }

  get vial() {
    const id = Number(document.querySelector("input[name=vial]:checked")?.value);
    return this.config.vials.find((vial) => vial.id === id) || null;
  }

  get depth() {
    return document.querySelector("input[name=arm-depth]:checked").value;
  }

  get units() {
    return typedNumber(this.dose.value);
  }

  get snaps() {
    return document.querySelector("input[name=snap]").checked;
  }

  /** The chosen area of the lower face, with the units typed for all of it. */
  get area() {
    const chosen = this.areas.selectedOptions[0];
    return { area: this.areas.value, name: chosen?.textContent || "", units: typedNumber(this.areaUnits.value) };
  }

  /** The armed tool as a point at a spot, or null with words why not. */
  point(spot) {
    if (!this.vial) this.say("Choose a vial first: a point carries the vial that it is drawn from.");
    else if (!(this.units > 0)) this.say("Set the units of a point first: more than 0.");
    else {
      return { key: newKey(), ...spot, depth: this.depth, units: this.units, vial: this.vial.id };
    }
    return null;
  }

  /** The units of a point some steps of its product up or down, never to nothing. */
  stepped(point, steps) {
    const vial = this.config.vials.find((v) => v.id === point.vial);
    const step = this.config.dose_step[vial?.product_id] || 0.5;
    return Math.max(step, round(point.units + steps * step));
  }

  /** Take the vial in hand whose label or carton was scanned; says so when there is none. */
  scanned(code) {
    const text = code.trim().toUpperCase();
    const wanted = this.config.vials.find((vial) => vial.number === text
      || (vial.serial && text.includes(`21${vial.serial.toUpperCase()}`)));
    const radio = wanted && document.querySelector(`input[name=vial][value="${wanted.id}"]`);
    if (!radio) {
      this.say(wanted ? wanted.why_not : "This code is that of no vial here.");
      return;
    }
    radio.checked = true;
    this.armed();
    this.say(`${wanted.product_name}, lot ${wanted.lot}, is in hand.`);
  }

  /** Which vial of the product goes first, when another one is in hand. */
  #tellFirst() {
    const here = this.vial;
    const first = this.config.vials.find((v) => v.first && v.product_id === here?.product_id);
    const note = document.querySelector("[data-first]");
    note.hidden = !first || first.id === here.id;
    if (!note.hidden) note.textContent = `Lot ${first.lot} (${first.number}) should go first: use by ${first.use_by}.`;
  }

  /** Show what belongs to the armed vial: its quick doses and its product's protocols. */
  armed() {
    this.#tellFirst();
    const product = this.vial?.product_id || "";
    const doses = this.config.quick_doses?.[product] || [];
    this.quick.replaceChildren(...doses.map((dose) => this.#quickButton(dose)));
    if (doses.length) this.dose.value = String(doses[Math.floor(doses.length / 2)]);
    for (const list of document.querySelectorAll("[data-protocols]")) {
      list.hidden = list.dataset.protocols !== product;
    }
    document.querySelector("[data-no-vial]").hidden = product !== "";
    this.#offerAreas(this.config.areas?.[product] || []);
    this.#markQuick();
  }

  /** What each vial still holds after this chart. */
  showRemaining(points) {
    for (const node of document.querySelectorAll("[data-remaining]")) {
      const vial = this.config.vials.find((v) => v.id === Number(node.dataset.remaining));
      const drawn = points.filter((p) => p.vial === vial.id).reduce((sum, p) => sum + p.units, 0);
      const left = round(vial.remaining_units - drawn);
      node.textContent = left < 0 ? `${-left} U short` : `${left} U left`;
      node.closest(".vial").classList.toggle("vial-short", left < 0);
    }
  }

  #offerAreas(areas) {
    document.querySelector("[data-areas]").hidden = !areas.length;
    const chosen = this.areas.value;
    this.areas.replaceChildren(...areas.map(({ area, name, units }) => {
      const option = new Option(units ? `${name} (label)` : name, area);
      option.dataset.units = units ?? "";
      return option;
    }));
    if (areas.some(({ area }) => area === chosen)) this.areas.value = chosen;
    this.#fillArea();
  }

  /** Only a label says how many units; outside it the field stays empty. */
  #fillArea() {
    this.areaUnits.value = this.areas.selectedOptions[0]?.dataset.units || "";
  }

  #armFirst() {
    const radios = [...document.querySelectorAll("input[name=vial]")];
    const used = this.config.points?.at(-1)?.vial;
    const vialOf = (radio) => this.config.vials.find((v) => v.id === Number(radio.value));
    const first = radios.find((radio) => Number(radio.value) === used)
      || radios.find((radio) => vialOf(radio).first) || radios[0];
    if (first) first.checked = true;
    document.querySelector("[data-vials-off]").hidden = radios.length === this.config.vials.length;
    this.armed();
  }

  /** A keyboard scanner types fast and ends with Enter; what is typed into a field is left alone. */
  #listen() {
    let typed = "";
    let last = 0;
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
      const now = Date.now();
      if (now - last > SCAN_PAUSE_MS) typed = "";
      last = now;
      if (event.key === "Enter" && typed.length >= SHORTEST_CODE) {
        event.preventDefault();
        this.scanned(typed);
        typed = "";
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) typed += event.key;
    }, { capture: true });
  }

  #turn(steps) {
    const step = this.config.dose_step[this.vial?.product_id] || 0.5;
    this.dose.value = String(Math.max(step, round((this.units || 0) + steps * step)));
    this.#markQuick();
  }

  #quickButton(dose) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quick-dose";
    button.textContent = String(dose);
    button.dataset.dose = String(dose);
    button.setAttribute("aria-label", `${dose} units a point`);
    button.addEventListener("click", () => {
      this.dose.value = String(dose);
      this.#markQuick();
    });
    return button;
  }

  #markQuick() {
    for (const button of this.quick.children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.dose) === this.units));
    }
  }
}
