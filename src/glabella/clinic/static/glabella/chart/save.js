// Saving as one goes: one request in flight, the latest state wins, and what the clinic has not
// yet confirmed is kept on this device.

import { plain } from "./model.js";

const WAIT_MS = 200;
const RETRY_MS = 5000;

export class Saver {
  #timer = null;
  #flying = false;
  #pending = null;

  constructor({ treatment, urls, version, answer, trouble, state }) {
    Object.assign(this, { urls, version, answer, trouble, state });
    this.place = `glabella.chart.${treatment}`;
    this.held = false;
    window.addEventListener("online", () => this.retry());
  }

  get unsaved() {
    return this.#flying || this.#pending !== null;
  }

  /** Note the newest points; they are sent when the hand has rested for a moment. */
  save(points) {
    this.#pending = plain(points);
    this.keep(this.#pending);
    if (this.held) return;
    this.state("waiting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), WAIT_MS);
  }

  retry() {
    if (this.held === "conflict") return;
    this.held = false;
    if (this.#pending && !this.#flying) this.#send();
  }

  /** Settle a conflict: save mine over the version that the other person saved, or drop mine. */
  settle(version, points) {
    this.version = version;
    this.held = false;
    if (points) this.save(points);
    else this.forget();
  }

  forget() {
    this.#pending = null;
    this.#store(() => localStorage.removeItem(this.place));
  }

  keep(points) {
    const kept = { version: this.version, points, at: Date.now() };
    this.#store(() => localStorage.setItem(this.place, JSON.stringify(kept)));
  }

  kept() {
    return this.#store(() => JSON.parse(localStorage.getItem(this.place) || "null"));
  }

  async #send() {
    if (this.#flying || !this.#pending) return;
    const points = this.#pending;
    this.#pending = null;
    this.#flying = true;
    this.state("saving");
    let outcome = null;
    try {
      outcome = await this.post(this.urls.draft, { version: this.version, points });
    } catch {
      outcome = { status: 0, body: {} };
    }
    this.#flying = false;
    if (outcome.status === 200) this.#saved(outcome.body);
    else this.#refused(outcome, points);
  }

  #saved(body) {
    this.version = body.version;
    if (this.#pending) {
      this.keep(this.#pending);
      this.answer(body, { latest: false });
      this.#send();
      return;
    }
    this.forget();
    this.state("saved", body.saved_at);
    this.answer(body, { latest: true });
  }

  #refused({ status, body }, points) {
    this.#pending ??= points;
    this.state("unsaved");
    if (status === 409) this.held = "conflict";
    else if (status === 422) this.held = false;
    else if (status === 0 || status >= 500) setTimeout(() => this.retry(), RETRY_MS);
    else this.held = "signed-out";
    this.trouble(status, body);
  }

  async post(url, body) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), Accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "manual",
    });
    const json = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.type === "opaqueredirect") return { status: 401, body: {} };
    return { status: answer.status, body: json ? await answer.json() : {} };
  }

  #store(act) {
    try {
      return act();
    } catch {
      return null; // private windows may refuse storage; the page still saves to the clinic
    }
  }
}

function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  if (cookie) return decodeURIComponent(cookie.slice("csrftoken=".length));
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}
