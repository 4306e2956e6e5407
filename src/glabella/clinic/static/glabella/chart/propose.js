// Propose: a goal is asked for, the answer is compared, accepted in whole or in part, and followed
// while the hand edits it.

import { Curve } from "./curve.js";
import { GoalForm } from "./goal.js";
import { Held } from "./held.js";
import { Latest } from "./latest.js";
import { newKey, plain } from "./model.js";

const REST_MS = 250;

export class Propose {
  #timer = null;
  #shown = null;
  #before = null;
  #answered = "";

  constructor({ store, config, arm, saver, treatment, announce, reveal, names }) {
    Object.assign(this, { store, config, arm, saver, announce, reveal });
    this.dialog = document.querySelector("[data-propose]");
    this.answer = this.dialog.querySelector("[data-answer]");
    this.foot = this.dialog.querySelector("[data-propose-foot]");
    this.strip = document.querySelector("[data-goal-strip]");
    const form = this.dialog.querySelector("[data-goal]");
    this.goal = new GoalForm({ form, words: config.goal, changed: () => this.#soon() });
    this.held = new Held({ store, names, node: form.querySelector("[data-held]"), changed: () => this.#soon() });
    this.asking = new Latest({ send: (body) => saver.post(config.urls.propose, body), busy: (on) => this.#busy(on) });
    this.weighing = new Latest({ send: (body) => saver.post(config.urls.weigh, body) });
    this.following = new Latest({ send: (body) => saver.post(config.urls.weigh, body) });
    this.curve = new Curve({
      saver, url: config.urls.curve, show: (plan) => this.#showPlan(plan), back: () => this.#showProposal(),
    });
    this.place = `glabella.goal.${treatment}`;
    this.accepted = null;
    this.#listen();
    this.#restore();
  }

  open() {
    if (!this.arm.vial) {
      this.announce("Choose a vial first: a proposal is made of its product.");
      document.querySelector("input[name=vial]")?.focus();
      return;
    }
    const { product_id, product_name, lot } = this.arm.vial;
    this.dialog.querySelector("[data-propose-vial]").textContent = `${product_name}, lot ${lot}`;
    this.dialog.querySelector("[data-goal-product]").textContent = `of ${product_name}`;
    this.goal.use(product_id);
    this.goal.draw();
    this.held.draw();
    this.dialog.showModal();
    this.#soon(0);
  }

  /** Keep a point as it is in the next proposal, or let it go again. */
  toggleHeld(key) {
    const on = this.held.toggle(key);
    this.announce(on ? "Kept as it is: the next proposal is planned around this point." : "The next proposal may change this point.");
    this.#keep();
  }

  /** Marks on the face and in the point bar; called whenever the chart is drawn. */
  mark(selected) {
    this.held.mark(selected);
  }

  /** How the chart as it stands does against the goal that was accepted. */
  async follow() {
    if (!this.accepted) return;
    const said = { goal: { ...this.accepted.goal, held: [] }, points: keyed(this.store.points), name: "Chart" };
    const answer = await this.following.ask(said);
    if (!answer || !this.accepted) return;
    if (answer.status === 200) this.#showStrip(answer.body.strip_html);
    else this.#showStrip("", answer.body.error);
  }

  forget() {
    this.accepted = null;
    this.strip.hidden = true;
    this.#keep();
  }

  #listen() {
    this.dialog.querySelector("[data-propose-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => {
      const most = event.target.closest("[data-most]");
      if (most) this.goal.addUnits(Number(most.dataset.most), this.config.dose_step[this.arm.vial.product_id] || 1);
      const accept = event.target.closest("[data-accept]");
      if (accept) this.#accept(accept.dataset.accept);
    });
    this.answer.addEventListener("change", (event) => {
      if (event.target.name === "tick") this.#ticked();
    });
    for (const kind of ["pointerover", "focusin"]) {
      this.answer.addEventListener(kind, (event) => this.#point(event.target.closest("[data-line]")));
    }
    this.store.listen((_, { edited }) => { if (edited) this.#edited(); });
    this.strip.querySelector("[data-goal-forget]").addEventListener("click", () => this.forget());
  }

  #soon(wait = REST_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), wait);
    // What is on show answers an older goal: it is not taken over by a hand that is too quick.
    if (JSON.stringify(this.#said()) !== this.#answered) this.#close();
  }

  #close() {
    for (const button of this.foot.querySelectorAll("[data-accept]")) button.disabled = true;
  }

  #said() {
    return { ...this.goal.read(), vial: this.arm.vial.id, held: keyed(this.held.points()) };
  }

  async #ask() {
    const said = this.#said();
    const asked = JSON.stringify(said);
    if (asked === this.#answered) {
      this.#drawFoot();
      return;
    }
    if (!Object.keys(said.areas).length) {
      this.#refuse(this.goal.whyNone || "Choose at least one area: tick it at the left.");
      return;
    }
    const answer = await this.asking.ask(said);
    if (!answer) return;
    this.#answered = answer.status === 200 ? asked : "";
    if (answer.status !== 200) this.#refuse(answer.body.error || words(answer.status));
    else this.#show(said, answer.body);
  }

  #show(goal, body) {
    const open = [...this.answer.querySelectorAll("details.basis[open]")].length > 0;
    const { scrollTop } = this.answer;
    this.answer.innerHTML = body.answer_html;
    this.answer.scrollTop = scrollTop;
    this.answer.querySelector("details.basis").open = open;
    this.proposal = { points: body.points, column: this.#first().outerHTML, lines: this.#lines().innerHTML };
    this.#shown = { points: body.points, name: "Proposal" };
    this.sent = goal;
    this.#tellChange(body.summary);
    this.#drawFoot();
    this.curve.ask({ goal, compared: body.compared }, this.answer.querySelector("[data-curve]"), body.points);
  }

  /** What the last change of the goal did, in one line. */
  #tellChange(summary) {
    const before = this.#before;
    this.#before = summary;
    if (!before) {
      this.#tell(this.answer.querySelector("[data-headline]").textContent);
      return;
    }
    const said = [];
    if (before.units !== summary.units) said.push(`${before.units} → ${summary.units}`);
    for (const [area, chance] of Object.entries(summary.areas)) {
      const was = before.areas[area];
      if (was && was !== chance) said.push(`${area} ${was} → ${chance}`);
    }
    const line = said.length ? `Changed: ${said.join("; ")}` : "The answer stays the same.";
    this.answer.querySelector("[data-change]").textContent = line;
    this.#tell(line);
  }

  /** The page behind an open dialog is silent: its own words go here. */
  #tell(words) {
    this.dialog.querySelector("[data-propose-state]").textContent = words;
  }

  #refuse(why) {
    this.curve.drop();
    this.#shown = null;
    this.#answered = "";
    this.foot.hidden = true;
    const line = document.createElement("p");
    line.className = "finding finding-warn refusal";
    line.setAttribute("role", "alert");
    line.textContent = why;
    const link = this.goal.form.querySelector(".goal-grade");
    if (link && !this.goal.form.querySelector("[data-area]")) line.append(link.cloneNode(true));
    this.answer.replaceChildren(line);
  }

  #busy(on) {
    this.answer.setAttribute("aria-busy", String(on));
    this.dialog.querySelector("[data-propose-busy]").hidden = !on;
  }

  #first() {
    return this.answer.querySelector("[data-plans] > [data-plan]");
  }

  #lines() {
    return this.answer.querySelector("[data-lines]");
  }

  /** The points of the plan on show that are ticked; those that are held are on the chart. */
  #ticks() {
    const boxes = [...this.#lines().querySelectorAll("[name=tick]")];
    const on = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.value)));
    return { all: boxes.length, on, points: this.#shown.points.filter((_, i) => on.has(i)) };
  }

  async #ticked() {
    this.#drawFoot();
    const { on, all, points } = this.#ticks();
    for (const node of this.#first().querySelectorAll("[data-point]")) {
      const box = this.#lines().querySelector(`[name=tick][value="${node.dataset.point}"]`);
      node.classList.toggle("left-out", Boolean(box) && !box.checked);
    }
    const whole = on.size === all;
    const name = whole ? this.#shown.name : `${on.size} of ${all} points`;
    const chosen = whole ? this.#shown.points : [...this.#shown.points.filter((p) => p.held), ...points];
    await this.#weigh(chosen, name, { lines: false });
  }

  async #showPlan(plan) {
    const held = this.#shown.points.filter((point) => point.held);
    this.#shown = { points: plan.points.map((point) => ({ ...point, held: held.some((one) => alike(one, point)) })), name: "From the curve" };
    await this.#weigh(plan.points, "From the curve", { lines: true });
    for (const [i, point] of this.#shown.points.entries()) {
      if (point.held) this.#lines().querySelector(`[data-line="${i}"]`)?.remove();
    }
    this.#drawFoot();
  }

  #showProposal() {
    this.#shown = { points: this.proposal.points, name: "Proposal" };
    this.#first().outerHTML = this.proposal.column;
    this.#lines().innerHTML = this.proposal.lines;
    this.#drawFoot();
  }

  async #weigh(points, name, { lines }) {
    const goal = { ...this.sent, held: [] };
    const answer = await this.weighing.ask({ goal, points: keyed(points), name });
    if (!answer?.body.plan_html) return;
    const box = this.#first().querySelector(".plan-face svg").getAttribute("viewBox");
    const face = this.#first().querySelector(".plan-face").innerHTML;
    this.#first().outerHTML = answer.body.plan_html;
    this.#first().querySelector(".plan-face svg").setAttribute("viewBox", box);
    if (lines) this.#lines().innerHTML = answer.body.lines_html;
    else this.#first().querySelector(".plan-face").innerHTML = face;
    this.#tell([...this.#first().querySelectorAll(".plan-head > *")].map((node) => node.textContent.trim()).join(", "));
  }

  /** Where the point of a line lies on the face of the plan on show. */
  #point(line) {
    for (const node of this.answer.querySelectorAll(".small-point.pointed")) node.classList.remove("pointed");
    if (line) this.#first()?.querySelector(`[data-point="${line.dataset.line}"]`)?.classList.add("pointed");
  }

  #drawFoot() {
    const { all, on, points } = this.#ticks();
    const others = this.store.points.length - this.held.points().length;
    const units = points.reduce((sum, point) => sum + point.units, 0);
    const count = `${on.size} ${on.size === 1 ? "point" : "points"}`;
    this.foot.hidden = false;
    this.#lines().querySelector("[data-ticked]").textContent = all ? `${on.size} of ${all} ticked` : "";
    const there = others === 1 ? "1 other point is on the chart" : `${others} other points are on the chart`;
    const took = `${count}, ${Number(units.toFixed(2))} U ${this.arm.vial.product_name}.`;
    this.foot.querySelector("[data-accept-words]").textContent = others ? `${took} ${there}: replace or add?` : took;
    const [add, replace] = ["add", "replace"].map((name) => this.foot.querySelector(`[data-accept=${name}]`));
    add.hidden = !others;
    add.textContent = "Add to them";
    replace.textContent = others ? `Replace with ${count}` : `Accept ${count}`;
    for (const button of [add, replace]) button.disabled = !on.size;
  }

  /** One step into the draft: what is held stays, the ticked points come. */
  #accept(way) {
    const { points } = this.#ticks();
    const added = plain(points.map((point) => ({ ...point, key: newKey() })));
    const stay = way === "add" ? this.store.points : this.held.points();
    this.accepted = { goal: this.sent, points: Object.fromEntries(added.map((point) => [point.key, JSON.stringify(point)])) };
    this.dialog.close();
    this.reveal(added);
    this.store.change([...stay, ...added], { select: null, why: `${added.length} proposed points taken over. Undo takes them back.` });
    this.#keep();
    this.follow();
  }

  /** A proposed point that the hand changed is kept as it is, until it is let go. */
  #edited() {
    if (!this.accepted) return;
    for (const point of plain(this.store.points)) {
      const proposed = this.accepted.points[point.key];
      if (!proposed || proposed === JSON.stringify(point)) continue;
      delete this.accepted.points[point.key];
      this.held.hold(point.key);
    }
    this.#keep();
  }

  #showStrip(html, error = "") {
    const node = this.strip.querySelector("[data-goal-words]");
    if (html) node.innerHTML = html;
    else node.textContent = error;
    this.strip.hidden = false;
  }

  #keep() {
    const kept = { goal: this.accepted?.goal || null, points: this.accepted?.points || {}, held: this.held.keys() };
    try {
      localStorage.setItem(this.place, JSON.stringify(kept));
    } catch {
      // a private window may refuse storage; the goal is then said again after a reload
    }
  }

  #restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.place) || "null");
    } catch {
      return;
    }
    if (!kept) return;
    for (const key of kept.held) this.held.hold(key);
    if (!kept.goal) return;
    this.accepted = { goal: kept.goal, points: kept.points };
    this.goal.use(this.config.vials.find((vial) => vial.id === kept.goal.vial)?.product_id || "");
    this.goal.write(kept.goal);
    this.follow();
  }
}

/** Points as the clinic reads them; those that are not on the chart get a key for the way. */
const keyed = (points) => plain(points.map((point, i) => ({ ...point, key: point.key || `w${i}` })));

const alike = (a, b) => a.side === b.side && Math.hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm) < 0.1 && a.units === b.units;

const words = (status) => (status ? "The clinic's computer did not answer as it should. Change the goal to ask again." : "There is no connection to the clinic. Change the goal to ask again.");
