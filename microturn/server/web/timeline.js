/** The moving picture of a session: both levels, both sides' words, notes, and every tick's compute time. */

const KEEP_MS = 40_000;
const LEVEL_MS = 10;
const BUDGET_MS = 200;
const MOST_MARK = 22; // characters of a note
const FULL_SCALE = 0.25; // rms that fills a lane

export class Timeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.reset();
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    this.resize();
    this.recolour();
  }

  reset() {
    this.user = []; // {at, level}
    this.model = [];
    this.words = []; // {side, at, until, text, dropped}
    this.ticks = []; // {at, compute, missed}
    this.marks = []; // {at, text, kind}
    this.offset = null; // session time minus this page's clock
    this.offsets = [];
    this.stoppedMs = null;
  }

  /** A tick's report came now: its end cannot lie in the future, and the least delayed report is nearest. */
  synchronise(endMs) {
    this.offsets.push(endMs - performance.now());
    if (this.offsets.length > 25) this.offsets.shift();
    const best = Math.max(...this.offsets);
    const first = this.offset === null || Math.abs(best - this.offset) > 1000;
    this.offset = first ? best : this.offset + 0.2 * (best - this.offset);
  }

  /** The session's time; it stands still before the first tick and after the end. */
  get now() {
    if (this.stoppedMs !== null) return this.stoppedMs;
    return this.offset === null ? 0 : performance.now() + this.offset;
  }

  stop() {
    this.stoppedMs = this.now;
  }

  hear(levels) {
    if (this.offset === null) return;
    const start = this.now - levels.length * LEVEL_MS;
    levels.forEach((level, i) => this.user.push({ at: start + i * LEVEL_MS, level }));
  }

  say(samples, startMs, rate) {
    const size = (rate * LEVEL_MS) / 1000;
    for (let i = 0; i + size <= samples.length; i += size) {
      let power = 0;
      for (let j = i; j < i + size; j++) power += samples[j] * samples[j];
      this.model.push({ at: startMs + (i / size) * LEVEL_MS, level: Math.sqrt(power / size) });
    }
  }

  word(side, at, until, text) {
    this.words.push({ side, at, until, text, dropped: false });
  }

  tick(at, compute, missed) {
    this.ticks.push({ at, compute, missed });
  }

  mark(at, text, kind) {
    this.marks.push({ at, text: text.length > MOST_MARK ? `${text.slice(0, MOST_MARK)}…` : text, kind });
  }

  /** The model yielded at `at`: what it had not said by `heardMs` was not heard. */
  drop(at, heardMs) {
    this.model = this.model.filter((bin) => bin.at < heardMs);
    for (const word of this.words) if (word.side === "model" && word.at >= heardMs && word.at <= at + 400) word.dropped = true;
    this.mark(at, "yields", "clear");
  }

  forget() {
    const oldest = this.now - KEEP_MS;
    for (const name of ["user", "model", "words", "ticks", "marks"]) {
      const list = this[name];
      if (list.length && list[0].at < oldest - 5000) this[name] = list.filter((item) => item.at >= oldest);
    }
  }

  resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const ratio = Math.min(devicePixelRatio || 1, 3);
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.pen = this.canvas.getContext("2d");
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  recolour() {
    const style = getComputedStyle(document.documentElement);
    const names = ["user", "model", "text", "muted", "line", "faint", "bad", "panel"];
    this.colour = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  draw() {
    this.forget();
    const { pen, width, height } = this;
    this.spanMs = Math.max(5000, Math.min(14000, width * 11));
    this.leftMs = this.now - this.spanMs * 0.9;
    const strip = 30; // ticks and seconds
    const lanes = { top: 0, middle: (height - strip) / 2, bottom: height - strip };
    pen.clearRect(0, 0, width, height);
    if (this.offset === null) return this.drawWelcome(lanes);
    this.drawGrid(lanes);
    this.drawLevels(this.user, lanes.middle - 2, -(lanes.middle - 26), this.colour.user);
    this.drawLevels(this.model, lanes.middle + 2, lanes.middle - 26, this.colour.model);
    this.drawTicks(lanes.bottom);
    this.drawMarks(lanes);
    this.drawWords("user", 14);
    this.drawWords("model", lanes.bottom - 12);
    this.drawNow(lanes);
  }

  drawWelcome(lanes) {
    const { pen, colour } = this;
    pen.fillStyle = colour.line;
    pen.fillRect(0, Math.round(lanes.middle), this.width, 1);
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = colour.user;
    pen.fillText("your voice", this.width / 2, lanes.middle - 20);
    pen.fillStyle = colour.model;
    pen.fillText("its voice", this.width / 2, lanes.middle + 22);
    pen.fillStyle = colour.muted;
    pen.fillText("one tick every 200 ms", this.width / 2, this.height - 14);
  }

  x(at) {
    return ((at - this.leftMs) / this.spanMs) * this.width;
  }

  drawGrid(lanes) {
    const { pen, colour } = this;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    for (let s = Math.max(0, Math.ceil(this.leftMs / 1000)); s * 1000 < this.leftMs + this.spanMs; s++) {
      const x = Math.round(this.x(s * 1000)) + 0.5;
      pen.fillStyle = colour.faint;
      pen.fillRect(x, 0, 1, lanes.bottom);
      pen.fillStyle = colour.muted;
      pen.fillText(`${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`, x + 3, this.height - 3);
    }
    pen.fillStyle = colour.line;
    pen.fillRect(0, Math.round(lanes.middle), this.width, 1);
  }

  drawLevels(bins, base, reach, colour) {
    const { pen } = this;
    pen.fillStyle = colour;
    const wide = Math.max(1.5, (LEVEL_MS / this.spanMs) * this.width + 0.5);
    for (const { at, level } of bins) {
      if (at < this.leftMs - 50) continue;
      const tall = Math.sign(reach) * Math.max(1, Math.abs(reach) * Math.min(1, Math.sqrt(level / FULL_SCALE)));
      pen.fillRect(this.x(at), base, wide, tall);
    }
  }

  drawTicks(top) {
    const { pen, colour } = this;
    const wide = (BUDGET_MS / this.spanMs) * this.width;
    for (const { at, compute, missed } of this.ticks) {
      if (at + BUDGET_MS < this.leftMs) continue;
      const tall = Math.max(2, Math.min(1, compute / BUDGET_MS) * 14);
      pen.globalAlpha = 1;
      pen.fillStyle = colour.faint;
      pen.fillRect(this.x(at) + 0.75, top + 3, Math.max(1, wide - 1.5), 14);
      pen.fillStyle = missed ? colour.bad : colour.muted;
      pen.globalAlpha = missed ? 1 : 0.7;
      pen.fillRect(this.x(at) + 0.75, top + 17 - tall, Math.max(1, wide - 1.5), tall);
    }
    pen.globalAlpha = 1;
  }

  drawMarks(lanes) {
    const { pen, colour } = this;
    pen.font = "600 10.5px system-ui, sans-serif";
    pen.textBaseline = "middle";
    for (const { at, text, kind } of this.marks) {
      if (at < this.leftMs - 1000) continue;
      const x = this.x(at);
      const wide = pen.measureText(text).width + 12;
      pen.fillStyle = pen.strokeStyle = kind === "clear" ? colour.bad : colour.muted;
      if (kind === "clear") pen.fillRect(x, 0, 1.5, lanes.bottom);
      pen.beginPath();
      pen.roundRect(x, lanes.middle - 8, wide, 16, 8);
      pen.fillStyle = colour.panel;
      pen.fill();
      pen.stroke();
      pen.fillStyle = pen.strokeStyle;
      pen.fillText(text, x + 6, lanes.middle + 0.5);
    }
  }

  drawWords(side, y) {
    const { pen, colour } = this;
    pen.font = "600 13px system-ui, sans-serif";
    pen.textBaseline = "middle";
    let free = -Infinity;
    for (const word of this.words) {
      if (word.side !== side) continue;
      const wide = pen.measureText(word.text).width;
      const x = Math.max(this.x(word.at), free);
      free = x + wide + 7;
      if (free < 0) continue;
      pen.globalAlpha = word.dropped ? 0.4 : 1;
      pen.fillStyle = side === "user" ? colour.user : colour.model;
      pen.fillText(word.text, x, y);
      if (word.dropped) pen.fillRect(x, y, wide, 1.5);
    }
    pen.globalAlpha = 1;
  }

  drawNow(lanes) {
    if (this.offset === null) return;
    this.pen.fillStyle = this.colour.text;
    this.pen.fillRect(Math.round(this.x(this.now)), 0, 1, lanes.bottom);
  }
}
