// The channels, one lane below the other, on one time axis. A drawn thing can be asked for what it is (`at`).

import { STEP_MS, spectrogram } from "./session.js";

const GUTTER = 118;
const NARROW = 620; // below this many pixels the names lie above the lanes
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const COLOURS = ["text", "muted", "line", "faint", "panel", "user", "user-soft", "model", "model-soft", "good", "quiet", "keep", "pause", "bad"];
const KIND = { expect: "good", quiet: "quiet", keep: "keep", interrupt: "bad", pause: "pause" };
const ROW = 21;
const MOST_PUSHED = 24; // pixels that a word may stand right of its time

export class Lanes {
  constructor(canvas) {
    this.canvas = canvas;
    this.session = null;
    this.asMel = false;
    this.leftMs = 0;
    this.spanMs = 12000;
    this.things = [];
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    this.recolour();
  }

  recolour() {
    const style = getComputedStyle(document.documentElement);
    this.colour = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    if (this.session) this.paintSpectrograms();
  }

  show(session) {
    this.session = session;
    this.packed = packed(session.windows);
    this.paintSpectrograms();
    this.lanes = this.lay();
  }

  paintSpectrograms() {
    const { levels } = this.session;
    this.spectra = { user: spectrogram(levels.user, this.colour.user), model: spectrogram(levels.model, this.colour.model) };
  }

  /** The lanes that this session has, with their least heights; `grow` shares what is left. */
  lay() {
    const s = this.session;
    const lanes = [{ name: "acts", label: "Acts", height: 24, draw: this.drawActs }];
    if (s.frames.length) lanes.push({ name: "camera", label: "Camera", height: 54, grow: 1, draw: this.drawFrames });
    lanes.push({ name: "user", label: "User", height: 48, grow: 3, draw: (lane) => this.drawSound(lane, "user") });
    lanes.push({ name: "words", label: "User’s words", height: 42, draw: (lane) => this.drawWords(lane, s.userWords, "user") });
    if (s.typed.length) lanes.push({ name: "typed", label: "Typed", height: 24, draw: this.drawTyped });
    if (s.others.length) lanes.push({ name: "others", label: "Other people", height: 24, draw: this.drawOthers });
    lanes.push({ name: "windows", label: "Windows", height: 6 + ROW * Math.max(1, this.packed.rows), draw: this.drawWindows });
    lanes.push({ name: "heard", label: "Heard", height: 42, draw: (lane) => this.drawWords(lane, s.heard, "user", "written_ms") });
    lanes.push({ name: "say", label: "Model’s words", height: 42, draw: (lane) => this.drawWords(lane, s.said, "model") });
    lanes.push({ name: "model", label: "Model", height: 48, grow: 3, draw: (lane) => this.drawSound(lane, "model") });
    lanes.push({ name: "notes", label: "Notes, clear", height: 26, draw: this.drawNotes });
    return lanes;
  }

  /** Fit the canvas into `width` x at least `least` pixels. */
  resize(width, least) {
    if (!this.session) return;
    this.width = width;
    this.gutter = width < NARROW ? 0 : GUTTER;
    this.head = this.gutter ? 0 : 17; // room for the lane's name
    const base = 28 + this.lanes.reduce((sum, lane) => sum + lane.height + this.head + 8, 0);
    const shares = this.lanes.reduce((sum, lane) => sum + (lane.grow || 0), 0);
    const spare = Math.max(0, least - base);
    let top = 28;
    for (const lane of this.lanes) {
      lane.top = top + this.head;
      lane.tall = lane.height + Math.min((spare * (lane.grow || 0)) / shares, 110 * (lane.grow || 0));
      top = lane.top + lane.tall + 8;
    }
    this.height = Math.max(top, least);
    const ratio = Math.min(devicePixelRatio || 1, 3);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.height = `${this.height}px`;
    this.pen = this.canvas.getContext("2d");
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  x(ms) {
    return this.gutter + ((ms - this.leftMs) / this.spanMs) * (this.width - this.gutter);
  }

  ms(x) {
    return this.leftMs + ((x - this.gutter) / (this.width - this.gutter)) * this.spanMs;
  }

  get rightMs() {
    return this.leftMs + this.spanMs;
  }

  /** What is drawn at a point: {title, lines} or undefined. */
  at(x, y) {
    return x < this.gutter ? undefined : this.things.findLast((t) => x >= t.x && x <= t.x + t.w && y >= t.y && y <= t.y + t.h);
  }

  draw(nowMs) {
    if (!this.session || !this.width) return;
    const { pen, colour } = this;
    this.things = [];
    pen.clearRect(0, 0, this.width, this.height);
    this.drawGrid();
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter, 0, this.width - this.gutter, this.height);
    pen.clip();
    for (const lane of this.lanes) lane.draw.call(this, lane);
    this.drawClears();
    const x = this.x(nowMs);
    pen.fillStyle = colour.text;
    pen.fillRect(x - 0.75, 22, 1.5, this.height - 22);
    pen.beginPath();
    pen.moveTo(x - 6, 14);
    pen.lineTo(x + 6, 14);
    pen.lineTo(x, 23);
    pen.fill();
    pen.restore();
    for (const lane of this.lanes) this.drawName(lane);
  }

  drawGrid() {
    const { pen, colour } = this;
    const steps = [200, 1000, 2000, 5000, 10000, 20000];
    const step = steps.find((s) => (s / this.spanMs) * (this.width - this.gutter) > 58) || 30000;
    pen.font = `11px ${FONT}`;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    for (let ms = Math.ceil(this.leftMs / step) * step; ms < this.rightMs && ms <= this.session.duration_ms; ms += step) {
      const x = Math.round(this.x(ms));
      pen.fillStyle = colour.faint;
      pen.fillRect(x, 22, 1, this.height - 22);
      pen.fillStyle = colour.muted;
      if (x > this.gutter - 1) pen.fillText(clock(ms, step < 1000), x + 4, 10);
    }
    const end = this.x(this.session.duration_ms);
    if (end < this.width) {
      pen.fillStyle = colour.faint;
      pen.fillRect(end, 0, this.width - end, this.height);
    }
  }

  drawName(lane) {
    const { pen, colour } = this;
    pen.font = `600 12px ${FONT}`;
    pen.fillStyle = { user: colour.user, words: colour.user, heard: colour.user, model: colour.model, say: colour.model }[lane.name] || colour.muted;
    pen.textAlign = this.gutter ? "right" : "left";
    pen.textBaseline = this.gutter ? "middle" : "alphabetic";
    if (this.gutter) pen.fillText(lane.label, this.gutter - 12, lane.top + lane.tall / 2);
    else pen.fillText(lane.label, 10, lane.top - 4);
    pen.textAlign = "left";
  }

  drawActs(lane) {
    const { pen, colour } = this;
    for (const act of this.session.acts) {
      const box = this.box(lane, act, lane.top, lane.tall);
      if (!box) continue;
      pen.fillStyle = colour.faint;
      pen.beginPath();
      pen.roundRect(box.x + 1, box.y, Math.max(box.w - 2, 2), box.h, 6);
      pen.fill();
      this.label(act.text.replaceAll("_", " "), box, colour.text);
    }
  }

  drawFrames(lane) {
    const { frames, picture, sheet } = this.session;
    if (!picture) return;
    const side = lane.tall;
    let free = -Infinity;
    for (const [k, ms] of frames.entries()) {
      const x = this.x(ms);
      const next = frames[k + 1] === undefined || frames[k + 1] - ms > 200 ? Infinity : this.x(ms + 200);
      if (x < free || x + side < this.gutter || x > this.width) continue;
      free = x + Math.min(side, Math.max(next - x, side)) + 2;
      const from = { x: (k % sheet.columns) * sheet.size, y: Math.floor(k / sheet.columns) * sheet.size };
      this.pen.drawImage(this.session.picture, from.x, from.y, sheet.size, sheet.size, x, lane.top, side, side);
      this.things.push({ x, y: lane.top, w: side, h: side, title: "Frame", lines: [`seen at ${clock(ms, true)}`] });
    }
  }

  drawSound(lane, side) {
    const { pen, colour, session } = this;
    pen.fillStyle = colour[`${side}-soft`];
    pen.globalAlpha = 0.45;
    pen.fillRect(this.x(0), lane.top, this.x(session.duration_ms) - this.x(0), lane.tall);
    pen.globalAlpha = 1;
    if (side === "user") this.drawHoles(lane);
    if (session.peaks[side] && !this.asMel) this.drawWave(lane, session.peaks[side], colour[side]);
    else this.drawMel(lane, this.spectra[side]);
  }

  drawWave(lane, peaks, colour) {
    const { pen } = this;
    const middle = lane.top + lane.tall / 2;
    const wide = ((this.width - this.gutter) * STEP_MS) / this.spanMs;
    const stride = Math.max(1, Math.floor(1 / wide));
    pen.fillStyle = colour;
    const first = Math.max(0, Math.floor(this.leftMs / STEP_MS / stride) * stride);
    for (let k = first; k < peaks.length && k * STEP_MS < this.rightMs; k += stride) {
      let peak = 0;
      for (let j = k; j < Math.min(k + stride, peaks.length); j++) peak = Math.max(peak, peaks[j]);
      const tall = Math.max(0.5, Math.sqrt(peak) * (lane.tall / 2 - 2));
      pen.fillRect(this.x(k * STEP_MS), middle - tall, Math.max(0.8, wide * stride - 0.3), 2 * tall);
    }
  }

  drawMel(lane, sheet) {
    const { pen, session } = this;
    const perMs = sheet.width / session.duration_ms;
    const left = Math.max(0, this.leftMs);
    const right = Math.min(this.rightMs, session.duration_ms);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(sheet, left * perMs, 0, (right - left) * perMs, 80, this.x(left), lane.top, this.x(right) - this.x(left), lane.tall);
    pen.imageSmoothingEnabled = true;
  }

  drawHoles(lane) {
    for (const hole of this.session.holes) {
      const box = this.box(lane, hole, lane.top, lane.tall, "Lost", ["sound that did not arrive"]);
      if (!box) continue;
      this.pen.fillStyle = this.colour.bad;
      this.pen.globalAlpha = 0.22;
      this.pen.fillRect(box.x, box.y, box.w, box.h);
      this.pen.globalAlpha = 1;
    }
  }

  /** Words above bars that show their exact times; in turn in two rows, so that neighbours have room. */
  drawWords(lane, words, side, from = "at_ms") {
    const { pen, colour } = this;
    pen.font = `600 13px ${FONT}`;
    pen.textBaseline = "middle";
    const free = [-Infinity, -Infinity];
    let last = 1;
    for (const word of words) {
      const until = from === "at_ms" ? word.until_ms : word[from] + 200;
      const wide = pen.measureText(word.text).width;
      const x = this.x(word[from]);
      const alone = x >= Math.max(...free);
      let row = alone ? 0 : 1 - last;
      last = row;
      const text = Math.max(x, free[row]);
      if (text - x > MOST_PUSHED) row = -1; // no room: the bar alone
      if (row >= 0) free[row] = text + wide + 7;
      if (Math.max(text + wide, this.x(until)) < this.gutter || x > this.width) continue;
      pen.fillStyle = colour[side];
      pen.beginPath();
      pen.roundRect(x, lane.top + lane.tall - 5, Math.max(2, this.x(until) - x - 1), 4, 2);
      pen.fill();
      if (row >= 0) pen.fillText(word.text, text, lane.top + 10 + row * 17);
      const lines = [times(word)];
      if (from !== "at_ms") lines.push(`written in the tick at ${clock(word[from], true)}`);
      this.things.push({ x, y: lane.top, w: Math.max(this.x(until) - x, row >= 0 ? wide : 0), h: lane.tall, title: word.text, lines });
    }
  }

  drawTyped(lane) {
    for (const text of this.session.typed) this.pill(lane, text.at_ms, text.text, this.colour.user, `typed (${text.channel})`);
  }

  drawOthers(lane) {
    for (const other of this.session.others) {
      const box = this.box(lane, other, lane.top, lane.tall, other.text, [other.data.voice || "somebody else", times(other)]);
      if (!box) continue;
      this.pen.fillStyle = this.colour.faint;
      this.pen.beginPath();
      this.pen.roundRect(box.x, box.y, box.w, box.h, 6);
      this.pen.fill();
      this.label(other.text, box, this.colour.muted);
    }
  }

  drawWindows(lane) {
    const { pen, colour } = this;
    for (const { window, row } of this.packed.placed) {
      const tone = colour[KIND[window.kind]];
      const told = Object.entries(window.data).map(([key, value]) => `${key.replaceAll("_", " ")}: ${typeof value === "number" ? Math.round(value) : value}`);
      const title = window.text ? `${window.kind} “${window.text}”` : window.kind;
      const box = this.box(lane, window, lane.top + 3 + row * ROW, ROW - 3, title, [times(window), ...told]);
      if (!box) continue;
      pen.fillStyle = tone;
      pen.globalAlpha = 0.2;
      pen.beginPath();
      pen.roundRect(box.x, box.y, box.w, box.h, 4);
      pen.fill();
      pen.globalAlpha = 1;
      pen.fillRect(box.x, box.y, 2.5, box.h);
      this.label(window.kind === "expect" ? window.text : title, box, tone, 600);
    }
  }

  drawNotes(lane) {
    let free = -Infinity;
    for (const note of this.session.notes) {
      const x = this.x(note.at_ms);
      if (x >= free) free = this.pill(lane, note.at_ms, note.text, this.colour.model, "note of the model to itself");
      else this.dot(lane, x, note);
    }
  }

  /** A note for whose text there is no room. */
  dot(lane, x, note) {
    const { pen } = this;
    pen.fillStyle = this.colour.model;
    pen.beginPath();
    pen.arc(x, lane.top + lane.tall, 2, 0, 7);
    pen.fill();
    this.things.push({ x: x - 4, y: lane.top + lane.tall - 5, w: 8, h: 9, title: note.text, lines: ["note of the model to itself", clock(note.at_ms, true)] });
  }

  drawClears() {
    const { pen, colour } = this;
    const lane = this.lanes.find((one) => one.name === "notes");
    for (const { at_ms } of this.session.clears) {
      const x = this.x(at_ms);
      pen.fillStyle = colour.bad;
      pen.fillRect(x, 28, 1.5, lane.top + lane.tall - 28);
      this.pill(lane, at_ms, "clear", colour.bad, "the model yields");
    }
  }

  /** A short text at a time, in a frame; returns where it ends. */
  pill(lane, ms, text, tone, what) {
    const { pen, colour } = this;
    pen.font = `600 12px ${FONT}`;
    const x = this.x(ms);
    const w = pen.measureText(text).width + 14;
    if (x + w < this.gutter || x > this.width) return x + w + 3;
    pen.beginPath();
    pen.roundRect(x, lane.top + 1, w, 21, 10);
    pen.fillStyle = colour.panel;
    pen.fill();
    pen.strokeStyle = tone;
    pen.stroke();
    pen.fillStyle = tone;
    pen.textBaseline = "middle";
    pen.fillText(text, x + 7, lane.top + 12);
    this.things.push({ x, y: lane.top, w, h: 22, title: text, lines: [what, clock(ms, true)] });
    return x + w + 3;
  }

  /** The rectangle of something with a beginning and an end, if it can be seen; it answers to the pointer. */
  box(lane, event, y, h, title = event.text, lines = [times(event)]) {
    const x = this.x(event.at_ms);
    const w = Math.max(3, this.x(event.until_ms) - x);
    if (x > this.width || x + w < this.gutter) return null;
    this.things.push({ x, y, w, h, title, lines });
    return { x, y, w, h };
  }

  /** A text inside its box, at its left edge as far as that can be seen; left out where there is no room. */
  label(text, box, tone, weight = 500) {
    const { pen } = this;
    const x = Math.max(box.x, this.gutter) + 7;
    const room = box.x + box.w - x - 3;
    if (room < 12) return;
    pen.font = `${weight} 12px ${FONT}`;
    pen.textBaseline = "middle";
    pen.fillStyle = tone;
    let shown = text;
    while (shown.length > 1 && pen.measureText(shown === text ? shown : `${shown}…`).width > room) shown = shown.slice(0, -1);
    if (shown.length > 2 || shown === text) pen.fillText(shown === text ? shown : `${shown}…`, x, box.y + box.h / 2 + 0.5);
  }
}

/** Windows in as few rows as keep them apart, the expected answers first. */
function packed(windows) {
  const order = Object.keys(KIND);
  const rows = [];
  const placed = [];
  for (const kind of order) {
    const base = kind === "expect" || rows.length === 0 ? 0 : 1;
    for (const window of windows.filter((w) => w.kind === kind).sort((a, b) => a.at_ms - b.at_ms)) {
      let row = base;
      while (rows[row]?.some((w) => w.at_ms < window.until_ms && w.until_ms > window.at_ms)) row++;
      (rows[row] ??= []).push(window);
      placed.push({ window, row });
    }
  }
  return { placed, rows: rows.length };
}

function times({ at_ms, until_ms }) {
  return `${clock(at_ms, true)} to ${clock(until_ms, true)}, ${Math.round(until_ms - at_ms)} ms`;
}

export function clock(ms, exact = false) {
  const s = ms / 1000;
  const rest = exact ? (s % 60).toFixed(2).padStart(5, "0") : String(Math.floor(s % 60)).padStart(2, "0");
  return `${Math.floor(s / 60)}:${rest}`;
}
