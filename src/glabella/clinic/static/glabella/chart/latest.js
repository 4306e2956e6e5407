// One question in flight; of those that come meanwhile only the newest is asked.

export class Latest {
  #flying = false;
  #next = null;

  constructor({ send, busy = () => {} }) {
    Object.assign(this, { send, busy });
  }

  /** The answer {status, body}, or null when a newer question made this one idle. */
  ask(body) {
    return new Promise((done) => {
      this.#next?.done(null);
      this.#next = { body, done };
      this.#go();
    });
  }

  async #go() {
    if (this.#flying || !this.#next) return;
    const { body, done } = this.#next;
    this.#next = null;
    this.#flying = true;
    this.busy(true);
    let answer = { status: 0, body: {} };
    try {
      answer = await this.send(body);
    } catch {
      // no connection: status 0 says so
    }
    this.#flying = false;
    this.busy(this.#next !== null);
    done(this.#next ? null : answer);
    this.#go();
  }
}
