// The trade-off curve: a slider, or a tap on the curve, walks along its plans.

import { Latest } from "./latest.js";

// The curve is long work: it waits until the goal has been left alone for a moment.
const REST_MS = 600;

export class Curve {
  constructor({ saver, url, show, back }) {
    Object.assign(this, { show, back });
    this.plans = [];
    this.asking = new Latest({ send: (body) => saver.post(url, body) });
  }

  drop() {
    this.node = null;
  }

  async ask(body, node, points) {
    this.node = node;
    await new Promise((done) => { setTimeout(done, REST_MS); });
    if (this.node !== node) return;
    const answer = await this.asking.ask(body);
    if (!answer || this.node !== node) return;
    if (answer.status !== 200) {
      node.textContent = answer.body.error || "The curve could not be worked out.";
      return;
    }
    node.innerHTML = answer.body.curve_html;
    this.plans = answer.body.plans;
    if (!this.plans.length) return;
    this.slider = node.querySelector("[name=curve]");
    this.slider.addEventListener("input", () => this.#walk(Number(this.slider.value)));
    node.querySelector("svg").addEventListener("click", (event) => this.#tap(event));
    node.querySelector("[data-curve-show]").addEventListener("click", () => this.#chosen());
    node.querySelector("[data-curve-back]").addEventListener("click", () => this.#back());
    this.#walk(this.#nearest(points.reduce((sum, point) => sum + point.units, 0)));
  }

  #nearest(units) {
    const apart = this.plans.map((plan) => Math.abs(plan.units - units));
    return apart.indexOf(Math.min(...apart));
  }

  #dots() {
    return [...this.node.querySelectorAll("[data-plan]")];
  }

  #tap(event) {
    const svg = event.currentTarget;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const apart = this.#dots().map((dot) => Math.abs(dot.cx.baseVal.value - at.x));
    this.#walk(apart.indexOf(Math.min(...apart)));
    this.#chosen();
  }

  #walk(index) {
    const plan = this.plans[index];
    if (!plan) return;
    const dot = this.#dots()[index];
    this.slider.value = String(index);
    this.slider.setAttribute("aria-valuetext", plan.words);
    this.node.querySelector("[data-curve-words]").textContent = plan.words;
    const cursor = this.node.querySelector("[data-cursor]");
    cursor.setAttribute("visibility", "visible");
    cursor.setAttribute("transform", `translate(${dot.getAttribute("cx")} 0)`);
    cursor.querySelector("[data-ring]").setAttribute("transform", `translate(0 ${dot.getAttribute("cy")})`);
  }

  #chosen() {
    this.node.querySelector("[data-curve-back]").hidden = false;
    this.show(this.plans[Number(this.slider.value)]);
  }

  #back() {
    this.node.querySelector("[data-curve-back]").hidden = true;
    this.node.querySelector("[data-curve-show]").focus();
    this.back();
  }
}
