// Points that stay as they are while the rest is proposed around them.

const SVG = "http://www.w3.org/2000/svg";
const LOCK = "M-.8 0h1.6v1.3h-1.6zM-.5 0v-.4a.5.5 0 0 1 1 0V0";

export class Held {
  #keys = new Set();

  constructor({ store, names, node, changed }) {
    Object.assign(this, { store, names, node, changed });
    this.list = node.querySelector("[data-held-list]");
    this.list.addEventListener("change", (event) => {
      if (event.target.checked) this.#keys.add(event.target.value);
      else this.#keys.delete(event.target.value);
      this.#count();
      this.changed();
    });
  }

  hold(key) {
    this.#keys.add(key);
  }

  toggle(key) {
    if (this.#keys.delete(key)) return false;
    this.#keys.add(key);
    return true;
  }

  keys() {
    return this.points().map((point) => point.key);
  }

  points() {
    return this.store.points.filter((point) => this.#keys.has(point.key));
  }

  /** The points of the chart with a tick each. */
  draw() {
    this.node.hidden = !this.store.points.length;
    this.list.replaceChildren(...this.store.points.map((point, i) => this.#row(point, i + 1)));
    this.#count();
  }

  /** A lock on each held point of the face, and the button of the point in hand. */
  mark(selected) {
    for (const point of this.points()) {
      const node = document.querySelector(`[data-layer=points] [data-key="${CSS.escape(point.key)}"]`);
      if (!node || node.querySelector(".point-lock")) continue;
      node.append(this.#lock());
      node.setAttribute("aria-label", `${node.getAttribute("aria-label")}, kept as it is`);
    }
    const button = document.querySelector("[data-act=hold]");
    button.setAttribute("aria-pressed", String(Boolean(selected) && this.#keys.has(selected.key)));
  }

  #row(point, number) {
    const label = document.createElement("label");
    label.className = "check";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "held", value: point.key, checked: this.#keys.has(point.key) });
    label.append(box, ` ${number}. ${this.names(point, number)}`);
    return label;
  }

  #count() {
    const count = this.points().length;
    this.node.querySelector("[data-held-count]").textContent = count ? `${count} of ${this.store.points.length}` : "";
  }

  #lock() {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "point-lock");
    group.setAttribute("transform", "translate(2.6 -2.8)");
    const ground = document.createElementNS(SVG, "circle");
    ground.setAttribute("r", "1.7");
    ground.setAttribute("cy", "0.4");
    const lock = document.createElementNS(SVG, "path");
    lock.setAttribute("d", LOCK);
    group.append(ground, lock);
    return group;
  }
}
