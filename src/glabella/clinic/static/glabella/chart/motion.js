// The face in time: sets the attributes that the clinic computed for each day and expression.
// Between two days with paths of the same structure it draws what lies between.

const NUMBER = /-?(?:\d+\.?\d*|\.\d+)/g;
const YEAR_MS = 9000;
const CALM_STEP_MS = 900;

export class Motion {
  #playing = 0;
  #split = new Map();

  constructor() {
    this.slider = document.querySelector("input[name=day]");
    this.play = document.querySelector("[data-act=play]");
    this.frames = null;
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
    this.play.addEventListener("click", () => this.toggle());
    for (const radio of document.querySelectorAll("input[name=expression]")) {
      radio.addEventListener("change", () => this.show(this.day));
    }
    for (const button of document.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => this.show(Number(button.dataset.jump)));
    }
  }

  get day() {
    return Number(this.slider.value);
  }

  get expression() {
    return document.querySelector("input[name=expression]:checked").value;
  }

  /** Take over new frames and stay on the day and the expression; without any, stay untreated. */
  load(frames) {
    this.treated = Boolean(frames);
    if (!frames) {
      this.show(this.day);
      return;
    }
    const rest = unfold(frames.expressions.rest, frames.base);
    const expressions = Object.entries(frames.expressions).map(([name, list]) => [name, over(rest, unfold(list))]);
    this.frames = { ...frames, expressions: { ...Object.fromEntries(expressions), rest } };
    this.#split.clear();
    this.slider.max = String(Math.max(...frames.days));
    this.show(this.day);
  }

  show(day) {
    this.slider.value = String(day);
    document.querySelector("[data-day-number]").textContent = this.slider.value;
    for (const button of document.querySelectorAll("[data-jump]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.jump) === Math.round(day)));
    }
    if (!this.frames) return;
    this.#apply(this.frames.expressions[this.expression] || [], this.treated ? day : 0);
    if (!this.treated) return;
    this.#apply(this.frames.curves || [], day);
    this.#say(day);
  }

  toggle() {
    if (this.#playing) this.stop();
    else this.#start();
  }

  stop() {
    cancelAnimationFrame(this.#playing);
    clearTimeout(this.#playing);
    this.#playing = 0;
    this.#mark(false);
  }

  #mark(playing) {
    this.play.setAttribute("aria-pressed", String(playing));
    this.play.textContent = playing ? "❚❚" : "▶";
  }

  #start() {
    if (!this.frames) return;
    const last = Number(this.slider.max);
    if (this.day >= last) this.show(0);
    this.#mark(true);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#stepCalmly(last);
    else this.#run(last, this.day, performance.now());
  }

  #run(last, from, start) {
    const tick = (now) => {
      const day = from + ((now - start) / YEAR_MS) * last;
      this.show(Math.min(last, day));
      if (day >= last) this.stop();
      else this.#playing = requestAnimationFrame(tick);
    };
    this.#playing = requestAnimationFrame(tick);
  }

  #stepCalmly(last) {
    const step = () => {
      const next = this.frames.days.find((day) => day > this.day);
      if (next === undefined || next > last) return this.stop();
      this.show(next);
      this.#playing = setTimeout(step, CALM_STEP_MS);
      return undefined;
    };
    this.#playing = setTimeout(step, CALM_STEP_MS);
  }

  #apply(list, day) {
    if (!list.length) return;
    const after = list.findIndex((frame) => frame.day >= day);
    const end = list[after < 0 ? list.length - 1 : after];
    const start = list[Math.max(0, (after < 0 ? list.length : after) - 1)];
    const span = end.day - start.day;
    const share = span > 0 ? Math.min(1, Math.max(0, (day - start.day) / span)) : 1;
    for (const [name, values] of Object.entries(end.parts)) {
      const node = document.getElementById(`part-${name}`);
      if (!node) continue;
      for (const [attribute, value] of Object.entries(values)) {
        const from = start.parts[name]?.[attribute] ?? value;
        node.setAttribute(attribute, this.#between(from, value, share));
      }
    }
  }

  #between(from, to, share) {
    if (from === to || share >= 1) return to;
    if (share <= 0) return from;
    const [a, b] = [this.#numbers(from), this.#numbers(to)];
    if (a.text !== b.text) return share < 0.5 ? from : to;
    let i = 0;
    return String(to).replace(NUMBER, () => {
      const value = a.values[i] + share * (b.values[i] - a.values[i]);
      i += 1;
      return value.toFixed(3);
    });
  }

  #numbers(text) {
    const key = String(text);
    let known = this.#split.get(key);
    if (!known) {
      known = { values: (key.match(NUMBER) || []).map(Number), text: key.replace(NUMBER, "#") };
      this.#split.set(key, known);
    }
    return known;
  }

  #say(day) {
    const list = this.frames.texts || [];
    if (!list.length) return;
    const near = list.reduce((a, b) => (Math.abs(b.day - day) < Math.abs(a.day - day) ? b : a));
    for (const node of document.querySelectorAll("[data-say]")) {
      const words = near.texts[node.dataset.say];
      if (words !== undefined) node.textContent = words;
    }
  }
}

/** The parts that an expression moves, over the face at rest on the same days. */
const over = (rest, list) =>
  list.map((frame, i) => ({ day: frame.day, parts: { ...rest[i].parts, ...frame.parts } }));

/** Frames hold what changed since the one before; here each gets all of its parts. */
function unfold(list, base = {}) {
  let before = base;
  return list.map((frame) => {
    before = { ...before, ...frame.parts };
    return { day: frame.day, parts: before };
  });
}
