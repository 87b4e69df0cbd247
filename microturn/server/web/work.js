/** What the background is working on now: each with how far it is, for how long, and a button that calls it off. */

import { clock } from "./conversation.js";

const LINGER_MS = 1200; // what is done stays so long, to be seen

export class Work {
  constructor(list) {
    this.list = list;
    this.reset();
  }

  reset() {
    this.running = new Map(); // id -> {item, said, bar, time, at}
    this.list.replaceChildren();
  }

  /** Begun at session time `at`; `cancel` is called when the user gives it up. */
  begin(id, task, at, cancel) {
    const item = document.createElement("li");
    item.className = "running";
    const name = document.createElement("strong");
    name.textContent = task;
    const said = document.createElement("span");
    said.className = "said";
    said.textContent = "Working on it";
    const time = document.createElement("time");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Cancel";
    button.setAttribute("aria-label", `Cancel: ${task}`);
    button.onclick = () => ((button.disabled = true), cancel());
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", task);
    item.append(name, said, time, button, bar);
    this.list.prepend(item);
    this.running.set(id, { item, said, bar, time, button, at });
  }

  progress(id, text, done) {
    const work = this.running.get(id);
    if (!work) return;
    work.said.textContent = text;
    if (done > 0) work.bar.value = Math.min(1, done);
  }

  over(id, reason) {
    const work = this.running.get(id);
    if (!work) return;
    this.running.delete(id);
    work.item.classList.add("over");
    work.said.textContent = reason;
    work.button.disabled = true;
    if (reason === "answered") work.bar.value = 1;
    setTimeout(() => work.item.remove(), LINGER_MS);
  }

  /** For how long each has been worked on. */
  tick(now) {
    for (const { time, at } of this.running.values()) {
      const text = clock(now - at);
      if (time.textContent !== text) time.textContent = text;
    }
  }

  /** The connection is back: a cancel may not have reached the server. */
  again() {
    for (const { button } of this.running.values()) button.disabled = false;
  }
}
