// One banner for what needs an answer: kind words and at most two ways on.

export class Banner {
  constructor() {
    this.node = document.querySelector("[data-banner]");
    this.kind = "";
  }

  show(kind, words, actions = []) {
    if (this.kind === kind && this.node.firstChild?.textContent === words) return;
    this.kind = kind;
    const text = document.createElement("span");
    text.textContent = words;
    this.node.className = `banner chart-banner banner-${kind === "kept" ? "note" : "warn"}`;
    this.node.replaceChildren(text, ...actions.map((action) => this.#button(action)));
    this.node.hidden = false;
  }

  hide(kind = this.kind) {
    if (kind !== this.kind) return;
    this.kind = "";
    this.node.hidden = true;
  }

  #button({ words, act, href }) {
    const node = document.createElement(href ? "a" : "button");
    node.className = "btn";
    node.textContent = words;
    if (href) node.href = href;
    else node.type = "button";
    if (act) node.addEventListener("click", act);
    return node;
  }
}
