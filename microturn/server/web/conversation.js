/** The transcript: what it heard on the right, what it said on the left, each side filling its own bubble. */

const NEW_BUBBLE_MS = 1600;
const MOST_BUBBLES = 200;

export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

export class Conversation {
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.follows = true; // the end is in sight, and stays so
    list.onscroll = () => (this.follows = list.scrollHeight - list.scrollTop - list.clientHeight < 160);
    new ResizeObserver(() => this.follow()).observe(list);
    this.reset();
  }

  reset() {
    this.list.replaceChildren();
    this.open = {}; // side -> {item, until}
    this.spoken = []; // {span, at} of the model's last words
    this.empty.hidden = false;
  }

  /** A word of `side` ("user" or "model") at session time. */
  word(side, at, until, text) {
    let bubble = this.open[side];
    if (!bubble || at - bubble.until > NEW_BUBBLE_MS) bubble = this.begin(side, at);
    const span = document.createElement("span");
    span.textContent = text;
    bubble.item.append(span, " ");
    bubble.until = until;
    if (side === "model") this.spoken = [...this.spoken.slice(-20), { span, at }];
    this.follow();
  }

  begin(side, at) {
    this.finish(side);
    const item = document.createElement("li");
    item.className = `${side} open`;
    const time = document.createElement("time");
    const who = document.createElement("b");
    who.textContent = side === "user" ? "You" : "Model";
    time.append(who, ` ${clock(at)}`);
    item.append(time);
    this.add(item);
    return (this.open[side] = { item, until: at });
  }

  finish(side) {
    this.open[side]?.item.classList.remove("open");
    delete this.open[side];
  }

  /** Nothing new for a while: bubbles close. */
  settle(now) {
    for (const side of Object.keys(this.open)) if (now - this.open[side].until > NEW_BUBBLE_MS) this.finish(side);
  }

  typed(at, text) {
    this.begin("user", at).item.append(text);
    this.finish("user");
    this.follow();
  }

  /** Another session begins below these bubbles: no word of the old one can be struck any more. */
  part(text) {
    for (const side of Object.keys(this.open)) this.finish(side);
    this.spoken = [];
    for (const item of this.list.querySelectorAll(".work.open")) item.classList.remove("open");
    this.note(text);
  }

  note(text) {
    const item = document.createElement("li");
    item.className = "note";
    item.textContent = text;
    this.add(item);
    this.follow();
  }

  /** Something is being worked on, until `over`. */
  work(id, task) {
    const item = document.createElement("li");
    item.className = "work open";
    item.dataset.delegation = id;
    item.textContent = `Working on: ${task}`;
    this.add(item);
    this.follow();
  }

  over(id, reason) {
    const item = this.list.querySelector(`[data-delegation="${CSS.escape(id)}"].open`);
    if (!item) return;
    item.classList.remove("open");
    item.append(` – ${reason}`);
  }

  /** The model yielded: words that begin after `heardMs` were never heard. */
  drop(heardMs) {
    for (const { span, at } of this.spoken) {
      if (at < heardMs || span.parentNode.tagName === "S") continue;
      const struck = document.createElement("s");
      span.replaceWith(struck);
      struck.append(span);
    }
    this.finish("model");
  }

  add(item) {
    this.empty.hidden = true;
    this.list.append(item);
    if (this.list.children.length > MOST_BUBBLES) this.list.firstChild.remove();
  }

  follow() {
    if (this.follows) this.list.scrollTop = this.list.scrollHeight;
  }
}
