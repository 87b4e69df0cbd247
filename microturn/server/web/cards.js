/**
 * What the background shows beside the talk: questions first, then the newest card.
 *
 * A card's document comes from the server and is shown in a frame in which no script runs and nothing is loaded; without
 * scripts it may have our origin, so that this page can read how tall it is. The rest is made of nodes and texts here.
 */

import { answered, question } from "./questions.js";

const SANDBOX = "allow-same-origin"; // never together with allow-scripts
const MOST = 24; // more than that and the oldest goes

export class Cards {
  /** `answer(id, values)` when the user has answered a question; `say(text)` for those who cannot see the page. */
  constructor(list, { answer, say, onCount }) {
    Object.assign(this, { list, answer, say, onCount });
    this.reset();
    new ResizeObserver(() => this.list.querySelectorAll("iframe").forEach(fit)).observe(list);
  }

  reset() {
    this.cards = new Map(); // id -> {item, asks, delegation}
    this.unconfirmed = new Map(); // id -> values that the server has not confirmed
    this.list.replaceChildren();
    this.onCount(0);
  }

  /** A card: a new one, or in the place of that with its id. */
  show({ id, delegation_id, kind, title, content, html }) {
    const asks = kind === "form" || kind === "permission";
    const old = this.cards.get(id);
    if (old && old.asks === asks && !asks) return this.update(old, title, html);
    if (old) this.remove(id);
    const item = document.createElement("li");
    item.className = asks ? "shown asks" : "shown";
    item.dataset.kind = kind;
    const name = document.createElement("h3");
    name.textContent = title;
    const bar = document.createElement("header");
    bar.append(name);
    const body = document.createElement("div");
    body.className = "body";
    item.append(bar, body);
    this.cards.set(id, { item, name, body, asks, delegation: delegation_id });
    if (asks) body.append(question(kind, title, content, (values) => this.give(id, values)));
    else this.hang(body, title, html);
    if (!asks) bar.append(this.closer(id, title));
    this.place(item, asks);
    this.say(asks ? `It asks: ${title}` : `On the page: ${title}`);
  }

  /** Newest first, below the questions that are open; what one looks at or is typing into stays where it is. */
  place(item, asks) {
    const { list } = this;
    const open = list.querySelectorAll(".asks:not(.settled)");
    const before = asks || !open.length ? list.firstChild : open[open.length - 1].nextSibling;
    const reads = list.scrollLeft > 20 || list.scrollTop > 20 || list.contains(document.activeElement);
    list.insertBefore(item, before);
    if (!reads) list.scrollTo(0, 0);
    while (list.children.length > MOST) this.remove([...this.cards].find(([, card]) => card.item === list.lastChild)[0]);
    this.onCount(this.cards.size);
  }

  update(card, title, html) {
    card.name.textContent = title;
    card.item.querySelector(".close").setAttribute("aria-label", `Close: ${title}`);
    this.hang(card.body, title, html);
  }

  /** A frame takes the place of the one before it when it has loaded, so that nothing flickers. */
  hang(body, title, html) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", SANDBOX);
    frame.title = title;
    frame.srcdoc = html;
    frame.className = "coming";
    frame.onload = () => {
      if (body.lastChild !== frame) return frame.remove(); // a later one has come
      while (body.firstChild !== frame) body.firstChild.remove();
      fit(frame);
      frame.className = "";
    };
    body.append(frame);
  }

  closer(id, title) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "×";
    button.setAttribute("aria-label", `Close: ${title}`);
    button.onclick = () => {
      const next = this.cards.get(id).item.nextSibling;
      this.remove(id);
      (next?.querySelector(".close") ?? this.list).focus();
    };
    return button;
  }

  give(id, values) {
    this.unconfirmed.set(id, values);
    this.answer(id, values);
  }

  /** The connection is back: what may not have reached the server is sent again. */
  again() {
    for (const [id, values] of this.unconfirmed) this.answer(id, values);
  }

  /** A question was answered, here or aloud. */
  answered(id, values) {
    this.unconfirmed.delete(id);
    const card = this.cards.get(id);
    if (!card?.asks || card.item.classList.contains("settled")) return;
    const held = card.item.contains(document.activeElement);
    card.item.classList.add("settled");
    card.body.replaceChildren(answered(values));
    card.item.querySelector("header").append(this.closer(id, card.name.textContent));
    if (held) card.item.querySelector(".close").focus();
  }

  /** Nobody waits for an answer to this any more. */
  gone(id) {
    this.unconfirmed.delete(id);
    const card = this.cards.get(id);
    if (card?.asks && !card.item.classList.contains("settled")) this.remove(id);
  }

  /** A delegation is over, or (without one) all are: their questions go, what they have shown stays. */
  over(delegation) {
    for (const [id, card] of [...this.cards]) if (!delegation || card.delegation === delegation) this.gone(id);
  }

  /** Another session begins: its cards are others, even if they have the same ids. */
  part() {
    this.over();
    this.cards = new Map([...this.cards].map(([id, card]) => [`before ${performance.now()} ${id}`, this.renamed(card)]));
  }

  renamed(card) {
    card.item.querySelector(".close").onclick = () => this.remove([...this.cards].find(([, other]) => other === card)[0]);
    return card;
  }

  remove(id) {
    this.cards.get(id).item.remove();
    this.cards.delete(id);
    this.onCount(this.cards.size);
  }
}

/** As tall as what is in it; the style sheet sets the most. */
function fit(frame) {
  const body = frame.contentDocument?.body;
  if (body) frame.style.setProperty("--tall", `${Math.ceil(body.getBoundingClientRect().height)}px`);
}
