// Which part of the face fills the picture: upper, lower with the neck, or the whole.

import { signedX } from "./model.js";

const VIEWS = ["upper", "lower", "whole"];
// Where an expression shows; a smile shows everywhere.
const SHOWS = { frown: "upper", raise: "upper", pucker: "lower", bite: "lower", neck: "lower" };

export class View {
  constructor({ svg, resized }) {
    Object.assign(this, { svg, resized });
    for (const radio of document.querySelectorAll("input[name=view]")) {
      radio.addEventListener("change", () => this.show(radio.value));
    }
    for (const radio of document.querySelectorAll("input[name=expression]")) {
      radio.addEventListener("change", () => this.#follow(radio.value));
    }
    new ResizeObserver(() => resized()).observe(svg);
  }

  get name() {
    return document.querySelector("input[name=view]:checked").value;
  }

  show(name) {
    document.querySelector(`input[name=view][value=${name}]`).checked = true;
    this.svg.setAttribute("viewBox", this.#box(name).join(" "));
    this.resized();
  }

  /** Stay where all these points can be seen, or else go to the first view that shows them. */
  reveal(points, among = [this.name, ...VIEWS]) {
    this.show(among.find((name) => points.every((point) => this.#holds(name, point))) || "whole");
  }

  #follow(expression) {
    const wanted = SHOWS[expression];
    if (wanted && this.name !== "whole" && this.name !== wanted) this.show(wanted);
  }

  #box(name) {
    return this.svg.dataset[`box${name[0].toUpperCase()}${name.slice(1)}`].split(" ").map(Number);
  }

  #holds(name, point) {
    return this.#within(name, signedX(point), -point.y_mm);
  }

  /** Whether a spot of the picture, y down, lies in what is shown. */
  shows(x, y) {
    return this.#within(this.name, x, y);
  }

  #within(name, x, y) {
    const [left, top, width, height] = this.#box(name);
    return x >= left && x <= left + width && y >= top && y <= top + height;
  }
}
