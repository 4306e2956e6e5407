// The table of points: the same points as on the face, changed by typing.

import { changed, dropletGroups, find, mirrorImage, round, typedNumber, without } from "./model.js";

const NUMBERS = new Set(["x_mm", "y_mm", "units"]);

export class Table {
  constructor({ store, config, say }) {
    Object.assign(this, { store, config, say });
    this.body = document.querySelector("[data-part=rows]");
    this.stencil = document.getElementById("row-stencil");
    this.groupStencil = document.getElementById("droplet-row-stencil");
    // Groups of droplets that are shown one by one.
    this.opened = new Set();
    this.body.addEventListener("change", (event) => this.#typed(event));
    this.body.addEventListener("click", (event) => this.#clicked(event));
    this.body.addEventListener("focusin", (event) => this.#focused(event));
  }

  /** Bring the rows in step with the points at once; the clinic's words follow with its answer. */
  draw() {
    const rows = new Map([...this.body.rows].map((row) => [row.dataset.group || row.dataset.key, row]));
    let before = null;
    for (const { id, group, point, number } of this.#lines()) {
      const row = rows.get(id) || (group ? this.#newGroup(id) : this.#newRow(point));
      rows.delete(id);
      if (group) this.#fillGroup(row, group);
      else this.#fill(row, point, number);
      const next = before ? before.nextElementSibling : this.body.firstElementChild;
      if (row !== next) this.body.insertBefore(row, next);
      before = row;
    }
    for (const row of rows.values()) row.remove();
  }

  /** A line for each point, then one for all droplets that are alike, and theirs where opened. */
  #lines() {
    const line = (point, number) => ({ id: point.key, point, number });
    const lines = this.store.points.filter((point) => !point.region).map((point, i) => line(point, i + 1));
    for (const group of dropletGroups(this.store.points)) {
      lines.push({ id: group.id, group });
      if (this.opened.has(group.id)) lines.push(...group.points.map((point, i) => line(point, i + 1)));
    }
    return lines;
  }

  #newGroup(id) {
    const row = this.groupStencil.content.querySelector("tr").cloneNode(true);
    row.dataset.group = id;
    return row;
  }

  #fillGroup(row, { id, region, vial: held, units, points }) {
    const vial = this.config.vials.find((v) => v.id === held);
    const name = this.#regionName(region);
    const sides = new Set(points.map((point) => point.side));
    const volume = vial?.units_per_tenth_ml ? (points.length * units) / (10 * vial.units_per_tenth_ml) : null;
    const words = {
      tag: vial?.letter || "?",
      name: `Droplets, ${name}`,
      each: `${points.length} × ${units}`,
      lot: vial ? `lot ${vial.lot}` : "",
      side: sides.has("left") && sides.has("right") ? "both" : [...sides][0],
      units: `${round(points.length * units)}`,
      volume: volume === null ? "" : volume.toPrecision(3),
    };
    for (const [cell, text] of Object.entries(words)) row.querySelector(`[data-cell=${cell}]`).textContent = text;
    row.querySelector("[data-cell=tag]").className = `point-tag product-${vial?.product_id || ""}`;
    const open = this.opened.has(id);
    const toggle = row.querySelector("[data-act=one-by-one]");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.setAttribute("aria-label", `Show the droplets of ${name} one by one`);
    toggle.textContent = open ? "▴" : "▾";
    row.querySelector("[data-act=remove-group]").setAttribute("aria-label", `Delete the ${points.length} droplets of ${name}`);
  }

  #regionName(region) {
    return (this.config.droplets.names[region] || region.replace("drawn-", "drawn region ")).toLowerCase();
  }

  /** Take over the rows that the clinic wrote, but not under a hand that is typing. */
  merge(html) {
    const sheet = document.createElement("template");
    sheet.innerHTML = `<table><tbody>${html}</tbody></table>`;
    for (const fresh of sheet.content.querySelectorAll("tr[data-key]")) {
      const old = this.#row(fresh.dataset.key);
      if (!old) continue;
      const busy = old.contains(document.activeElement);
      if (!busy) old.replaceWith(fresh);
      else for (const cell of ["place", "volume"]) this.#copyCell(old, fresh, cell);
      if (busy) Object.assign(old.dataset, fresh.dataset);
    }
    this.draw();
  }

  name(key) {
    return this.#row(key)?.dataset.name || "";
  }

  labelPlace(key) {
    return this.#row(key)?.dataset.labelPlace || "below";
  }

  refuse(key, words) {
    const row = this.#row(key);
    if (!row) return;
    const cell = row.querySelector("[data-cell=error]");
    cell.textContent = words;
    cell.hidden = false;
    row.classList.add("row-refused");
  }

  settle() {
    for (const row of this.body.querySelectorAll(".row-refused")) {
      row.classList.remove("row-refused");
      row.querySelector("[data-cell=error]").hidden = true;
    }
  }

  #row(key) {
    return [...this.body.rows].find((row) => row.dataset.key === key) || null;
  }

  #newRow(point) {
    const row = this.stencil.content.querySelector("tr").cloneNode(true);
    row.dataset.key = point.key;
    return row;
  }

  #copyCell(old, fresh, name) {
    const [to, from] = [old, fresh].map((row) => row.querySelector(`[data-cell=${name}]`));
    if (to && from && !to.contains(document.activeElement)) to.replaceWith(from);
  }

  #fill(row, point, number) {
    const vial = this.config.vials.find((v) => v.id === point.vial);
    const tag = row.querySelector("[data-cell=tag]");
    tag.textContent = `${vial?.letter || "?"}${point.region ? "·" : ""}${number}`;
    tag.className = `point-tag product-${vial?.product_id || ""}`;
    const name = row.querySelector("[data-cell=name]");
    const site = this.config.sites.find((s) => s.site === point.site && s.side === point.side);
    if (!name.textContent.trim()) {
      const words = point.region ? `droplet, ${this.#regionName(point.region)}` : site ? site.name : "free point";
      name.textContent = point.side === "midline" ? words : `${point.side} ${words.toLowerCase()}`;
      row.querySelector("[data-cell=lot]").textContent = vial ? `lot ${vial.lot}` : "";
      row.dataset.name = name.textContent;
    }
    for (const field of row.querySelectorAll("[name]")) this.#fillField(field, point, number);
    for (const button of row.querySelectorAll("[data-act]")) {
      button.setAttribute("aria-label", button.dataset.act === "remove" ? `Delete point ${number}` : `Mirror point ${number}`);
      if (button.dataset.act === "mirror-point") button.disabled = point.side === "midline";
    }
    row.classList.toggle("row-selected", point.key === this.store.selected);
  }

  #fillField(field, point, number) {
    const label = field.getAttribute("aria-label").replace(/of point \d*/, `of point ${number}`);
    field.setAttribute("aria-label", label);
    if (field === document.activeElement) return;
    const value = point[field.name];
    field.value = NUMBERS.has(field.name) ? String(field.name === "units" ? value : round(value, 1)) : value;
    field.removeAttribute("aria-invalid");
  }

  #typed(event) {
    const field = event.target;
    const key = field.closest("tr")?.dataset.key;
    const point = find(this.store.points, key);
    if (!point || !field.name) return;
    const value = NUMBERS.has(field.name) ? typedNumber(field.value) : field.value;
    if (value === null) {
      field.setAttribute("aria-invalid", "true");
      this.say("That is not a number. The point stays as it was until a number is typed.");
      return;
    }
    this.store.change(changed(this.store.points, key, this.#values(point, field.name, value)), { select: key });
  }

  /** A typed place leaves its site; the midline is 0 mm across, and 0 mm across is the midline. */
  #values(point, name, value) {
    if (name === "side") {
      const across = value === "midline" ? 0 : point.x_mm || 1;
      return { side: value, x_mm: across, site: value === "midline" || point.side === "midline" ? "" : point.site };
    }
    if (name === "x_mm") {
      const side = value === 0 ? "midline" : point.side === "midline" ? "left" : point.side;
      return { x_mm: value, side, site: "", area: "" };
    }
    return name === "y_mm" ? { y_mm: value, site: "", area: "" } : { [name]: value };
  }

  #clicked(event) {
    const { key, group } = event.target.closest("tr")?.dataset || {};
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (group) this.#clickedGroup(group, act);
    const point = find(this.store.points, key);
    if (!point) return;
    if (act === "remove") this.store.change(without(this.store.points, key), { why: "Deleted." });
    else if (act === "mirror-point") {
      const image = mirrorImage(point);
      if (image) this.store.change([...this.store.points, image], { select: image.key, why: "Mirrored." });
    } else this.store.select(key);
  }

  #clickedGroup(id, act) {
    const found = dropletGroups(this.store.points).find((one) => one.id === id);
    if (act === "remove-group" && found) {
      const left = this.store.points.filter((point) => !found.points.includes(point));
      this.store.change(left, { why: `${found.points.length} droplets deleted.` });
    } else if (act === "one-by-one") {
      if (!this.opened.delete(id)) this.opened.add(id);
      this.draw();
    }
  }

  #focused(event) {
    const key = event.target.closest("tr")?.dataset.key;
    if (key) this.store.select(key);
  }
}
