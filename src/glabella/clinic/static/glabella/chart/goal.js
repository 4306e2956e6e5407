// The goal form: words and sliders to a goal, a preset to words and sliders.

import { typedNumber } from "./model.js";

const wordOf = (words, value) => words.filter(([from]) => value >= from - 1e-9).at(-1)?.[1] || "";
const percent = (share) => `${Math.round(100 * share)}%`;

export class GoalForm {
  constructor({ form, words, changed }) {
    Object.assign(this, { form, words, changed });
    this.product = "";
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => this.#input(event.target));
  }

  /** The armed product decides which areas have a label and what a preset fills in. */
  use(product) {
    if (product === this.product) return;
    this.product = product;
    this.#fill({ first: true });
  }

  get preset() {
    return this.form.querySelector("[name=preset]:checked")?.value || null;
  }

  /** The goal as the clinic takes it, without the vial and what is held. */
  read() {
    const areas = {};
    for (const node of this.#areas()) {
      if (!this.#include(node).checked) continue;
      const { area } = node.dataset;
      areas[area] = {
        grade: Number(node.querySelector(`[name=grade-${area}]:checked`)?.value ?? 1),
        chance: Number(node.querySelector("[name=chance]").value),
        movement: node.querySelector(`[name=movement-${area}]:checked`)?.value || null,
      };
    }
    const goal = { preset: this.preset, areas, spare: this.#checked("spare"), matters: this.#matters() };
    const brow = this.form.querySelector("[name=brow]:checked")?.value;
    const most = typedNumber(this.form.elements.most.value);
    if (brow) goal.brow = brow;
    if (most > 0) goal.most_units = most;
    return goal;
  }

  /** Put a goal that was kept back into the form. */
  write(goal) {
    this.#choose("preset", goal.preset);
    for (const node of this.#areas()) {
      const said = goal.areas[node.dataset.area];
      this.#include(node).checked = Boolean(said) && !this.#include(node).disabled;
      if (said) this.#say(node, said);
    }
    this.#choose("brow", goal.brow);
    for (const box of this.form.querySelectorAll("[name=spare]")) box.checked = goal.spare.includes(box.value);
    for (const slider of this.form.querySelectorAll("[name=matter]")) {
      const weight = goal.matters[slider.dataset.matter] ?? 1;
      slider.value = String(this.words.weights.findIndex(([value]) => value === weight));
    }
    this.form.elements.most.value = goal.most_units ?? "";
    this.draw();
  }

  /** Why no area can be part of the goal, if it is so. */
  get whyNone() {
    const nodes = [...this.#areas()];
    if (!nodes.length) return "No lines are graded yet: grade the lines first, then a goal can be said.";
    if (nodes.some((node) => !this.#include(node).disabled)) return "";
    return nodes.map((node) => node.querySelector("[data-area-why]").textContent).find(Boolean) || "";
  }

  addUnits(steps, step) {
    const value = (typedNumber(this.form.elements.most.value) || 0) + steps * step;
    this.form.elements.most.value = value > 0 ? String(value) : "";
    this.changed();
  }

  /** The words beside the sliders, and what cannot be chosen. */
  draw() {
    for (const node of this.#areas()) {
      const on = this.#include(node).checked;
      node.querySelector("[data-area-more]").hidden = !on;
      const slider = node.querySelector("[name=chance]");
      const chance = Number(slider.value);
      const words = `${wordOf(this.words.chance_words, chance)}, ${percent(chance)}`;
      node.querySelector("[data-chance-word]").textContent = words;
      slider.setAttribute("aria-valuetext", words);
    }
    for (const slider of this.form.querySelectorAll("[name=matter]")) {
      const words = this.words.weights[Number(slider.value)][1];
      slider.previousElementSibling.textContent = words;
      slider.setAttribute("aria-valuetext", words);
    }
    const chosen = [this.preset, this.form.querySelector("[name=brow]:checked")?.value];
    for (const text of this.form.querySelectorAll("[data-purpose]")) text.hidden = !chosen.includes(text.dataset.purpose);
    const spared = this.#checked("spare").length;
    const told = this.form.querySelector("[data-spared]");
    if (told) told.textContent = spared ? `${spared} chosen` : "";
  }

  #input(field) {
    if (field.name === "preset") this.#fill({ first: false });
    else this.draw();
    if (field.name !== "held") this.changed();
  }

  /** Fill in what the preset says; the areas that are on stay on, unless it is the first time. */
  #fill({ first }) {
    const words = this.words.products[this.product];
    const preset = words?.presets[this.preset];
    for (const node of this.#areas()) {
      const said = preset?.areas[node.dataset.area];
      const box = this.#include(node);
      const why = node.querySelector("[data-area-why]");
      why.textContent = said ? "" : words?.refused[node.dataset.area] || preset?.why_not || "";
      why.hidden = !why.textContent;
      box.disabled = !said;
      if (!said) box.checked = false;
      else if (first) box.checked = "upper" in node.dataset;
      if (said) this.#say(node, said);
    }
    if (preset) this.#choose("brow", preset.brow);
    this.draw();
  }

  #say(node, { grade, chance, movement }) {
    const { area } = node.dataset;
    this.#choose(`grade-${area}`, grade);
    this.#choose(`movement-${area}`, movement);
    node.querySelector("[name=chance]").value = String(chance);
  }

  #choose(name, value) {
    for (const radio of this.form.querySelectorAll(`[name="${name}"]`)) radio.checked = radio.value === String(value);
  }

  #checked(name) {
    return [...this.form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value);
  }

  #matters() {
    const sliders = [...this.form.querySelectorAll("[name=matter]")];
    return Object.fromEntries(sliders.map((one) => [one.dataset.matter, this.words.weights[Number(one.value)][0]]));
  }

  #areas() {
    return this.form.querySelectorAll("[data-area]");
  }

  #include(node) {
    return node.querySelector("[name=include]");
  }
}
