// The chart's state: points, the selected one, undo and redo. Every change tells the listeners.

import { alike, ordered } from "./model.js";

const DEEPEST = 200;

export class Store {
  #past = [];
  #future = [];
  #listeners = new Set();

  constructor(points) {
    this.points = ordered(points);
    this.selected = null;
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  /** Replace the points; one call is one step of undo. */
  change(points, { select = this.selected, why = "" } = {}) {
    if (alike(ordered(points), this.points)) {
      this.select(select);
      return;
    }
    this.#past = [...this.#past.slice(-DEEPEST), this.points];
    this.#future = [];
    this.#set(points, select, { edited: true, why });
  }

  select(key) {
    if (key === this.selected) return;
    this.selected = key;
    this.#tell({ edited: false, why: "" });
  }

  /** Take over points from elsewhere (another device, another person); undo starts anew. */
  reset(points, { edited = false } = {}) {
    this.#past = [];
    this.#future = [];
    this.#set(points, null, { edited, why: "" });
  }

  undo() {
    if (!this.canUndo) return;
    this.#future = [...this.#future, this.points];
    this.#set(this.#past.pop(), this.selected, { edited: true, why: "Undone." });
  }

  redo() {
    if (!this.canRedo) return;
    this.#past = [...this.#past, this.points];
    this.#set(this.#future.pop(), this.selected, { edited: true, why: "Done again." });
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  #set(points, select, news) {
    this.points = ordered(points);
    this.selected = points.some((point) => point.key === select) ? select : null;
    this.#tell(news);
  }

  #tell(news) {
    for (const listener of this.#listeners) listener(this, news);
  }
}
