// The two-sided timeline of an item: waveforms, words, windows and marks on one axis of time.

const GUTTER = 76;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const WINDOW = { expect: "--good", allowed: "--muted", pause: "--pause", interrupt: "--bad", keep: "--keep" };

class Lanes {
  constructor(canvas, item, evidence) {
    Object.assign(this, { canvas, item, evidence, pen: canvas.getContext("2d"), cursor: null });
    this.user = octets(item.user);
    this.model = octets(item.model);
    this.rows = packed([...item.windows, ...evidence]);
    this.layOut();
  }

  layOut() {
    const rows = Math.max(1, ...this.rows.map((one) => one.row + 1));
    const talk = this.item.words.other.length || this.item.typed.length ? 1 : 0;
    let top = 44;
    this.lanes = {};
    for (const [name, tall] of [["user", 52], ["said", 40], ["others", talk * 24], ["heard", 40], ["windows", rows * 22 + 6], ["notes", this.item.notes.length ? 26 : 0], ["words", 40], ["model", 52]]) {
      this.lanes[name] = { top, tall };
      top += tall ? tall + 7 : 0;
    }
    this.tall = top;
  }

  x(ms) {
    return GUTTER + (ms / this.item.ms) * (this.wide - GUTTER - 12);
  }

  msAt(x) {
    return Math.min(Math.max(((x - GUTTER) / (this.wide - GUTTER - 12)) * this.item.ms, 0), this.item.ms);
  }

  draw() {
    const room = this.canvas.parentElement.clientWidth - 2;
    this.wide = Math.max(room, 560, (this.item.ms / 1000) * 42);
    if (room > 560) this.wide = Math.max(room, Math.min(this.wide, room * 4));
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.wide * ratio;
    this.canvas.height = this.tall * ratio;
    Object.assign(this.canvas.style, { width: `${this.wide}px`, height: `${this.tall}px` });
    const style = getComputedStyle(document.documentElement);
    this.colour = (name) => style.getPropertyValue(name).trim();
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.clearRect(0, 0, this.wide, this.tall);
    this.axis();
    this.windows();
    this.wave("user", this.user, this.colour("--user"));
    this.wave("model", this.model, this.colour("--model"));
    this.words("said", "user said", this.item.words.user, this.colour("--user"));
    this.words("heard", "heard", this.item.words.heard, this.colour("--muted"));
    this.words("words", "said", this.item.words.say, this.colour("--model"));
    this.talk();
    this.notes();
    this.marks();
    if (this.cursor != null) this.line(this.cursor, this.colour("--text"), 1.5);
  }

  name(lane, text) {
    this.pen.font = `500 12px ${FONT}`;
    this.pen.textBaseline = "middle";
    this.pen.fillStyle = this.colour("--muted");
    this.pen.fillText(text, 12, lane.top + lane.tall / 2);
  }

  axis() {
    const { pen } = this;
    pen.font = `11px ${FONT}`;
    pen.textBaseline = "middle";
    for (const s of ticks(0, this.item.ms / 1000, Math.max(4, this.wide / 110))) {
      const x = this.x(s * 1000);
      pen.fillStyle = this.colour("--faint");
      pen.fillRect(x, 40, 1, this.tall - 44);
      pen.fillStyle = this.colour("--muted");
      pen.fillText(s % 1 ? "" : `${s} s`, x + 3, 14);
    }
  }

  wave(name, levels, colour) {
    const lane = this.lanes[name];
    this.name(lane, name);
    const mid = lane.top + lane.tall / 2;
    const room = Math.floor(this.wide - GUTTER - 12);
    this.pen.fillStyle = colour;
    for (let px = 0; px < room; px++) {
      const level = levels[Math.floor((px / room) * 700)];
      if (level === undefined) break;
      const half = Math.max(0.5, (level / 255) ** 1.3 * (lane.tall / 2));
      this.pen.fillRect(GUTTER + px, mid - half, 1, 2 * half);
    }
  }

  words(name, told, words, colour) {
    const lane = this.lanes[name];
    this.name(lane, told);
    const { pen } = this;
    pen.font = `600 13px ${FONT}`;
    const free = [-Infinity, -Infinity];
    for (const [at, until, text] of words) {
      const x = this.x(at);
      const row = x >= free[0] ? 0 : x >= free[1] ? 1 : -1;
      pen.fillStyle = colour;
      pen.fillRect(x, lane.top + lane.tall - 4, Math.max(2, this.x(until) - x - 1), 3);
      if (row < 0) continue;
      pen.fillText(text, x, lane.top + 9 + row * 16);
      free[row] = x + pen.measureText(text).width + 6;
    }
  }

  talk() {
    const lane = this.lanes.others;
    if (!lane.tall) return;
    this.name(lane, "others");
    const { pen } = this;
    pen.font = `500 12px ${FONT}`;
    pen.fillStyle = this.colour("--muted");
    let free = -Infinity;
    const all = [...this.item.words.other, ...this.item.typed.map(([at, text]) => [at, at, `typed: ${text}`])].sort((a, b) => a[0] - b[0]);
    for (const [at, , text] of all) {
      const x = this.x(at);
      if (x < free) continue;
      pen.fillText(text, x, lane.top + 12);
      free = x + pen.measureText(text).width + 6;
    }
  }

  windows() {
    const lane = this.lanes.windows;
    this.name(lane, "windows");
    const { pen } = this;
    for (const { window: one, row } of this.rows) {
      const colour = one.hit === false ? this.colour("--bad") : this.colour(WINDOW[one.kind] ?? "--keep");
      const x = this.x(Math.max(0, one.at));
      const w = Math.max(3, this.x(Math.min(one.until, this.item.ms)) - x);
      const y = lane.top + 3 + row * 22;
      pen.fillStyle = colour;
      pen.globalAlpha = 0.07;
      pen.fillRect(x, 40, w, this.tall - 44);
      pen.globalAlpha = 0.2;
      pen.fillRect(x, y, w, 19);
      pen.globalAlpha = 1;
      pen.fillRect(x, y, 2.5, 19);
      pen.font = `600 12px ${FONT}`;
      pen.textBaseline = "middle";
      const text = one.kind === "expect" ? one.text : [one.kind, one.text].filter(Boolean).join(": ");
      let shown = text;
      while (shown.length > 1 && pen.measureText(shown).width > w - 10) shown = shown.slice(0, -1);
      if (shown.length > 2 || shown === text) pen.fillText(shown === text ? shown : `${shown.slice(0, -1)}…`, x + 7, y + 10);
    }
  }

  notes() {
    const lane = this.lanes.notes;
    if (!lane.tall) return;
    this.name(lane, "notes");
    const { pen } = this;
    pen.font = `500 12px ${FONT}`;
    let free = -Infinity;
    for (const [at, text] of this.item.notes) {
      const x = this.x(at);
      pen.fillStyle = this.colour("--model");
      pen.fillRect(x, lane.top + 20, 2, 4);
      if (x < free) continue;
      pen.fillText(text, x, lane.top + 10);
      free = x + pen.measureText(text).width + 10;
    }
  }

  marks() {
    const { pen } = this;
    let free = -Infinity;
    const all = [...this.item.marks.map((one) => ({ text: one[0], at: one[1], until: one[2] })), ...this.item.clears.map((at) => ({ text: "clear", at, until: null }))].sort((a, b) => a.at - b.at);
    for (const one of all) {
      const colour = this.colour(one.text === "clear" ? "--bad" : "--keep");
      this.line(one.at, colour, 1.2, [4, 3]);
      if (one.until != null) this.line(one.until, colour, 1.2, [1, 3]);
      pen.font = `600 11px ${FONT}`;
      pen.fillStyle = colour;
      const x = this.x(one.at) + 4;
      if (x > free) {
        pen.fillText(one.text, x, 32);
        free = x + pen.measureText(one.text).width + 6;
      }
    }
  }

  line(ms, colour, width, dash = []) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(this.x(ms), 26);
    pen.lineTo(this.x(ms), this.tall - 4);
    pen.stroke();
    pen.setLineDash([]);
  }
}

function octets(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

/** Windows in as few rows as keep them apart. */
function packed(windows) {
  const ends = [];
  return [...windows].sort((a, b) => a.at - b.at).map((one) => {
    let row = ends.findIndex((end) => end <= one.at);
    if (row < 0) row = ends.length;
    ends[row] = Math.max(one.until, one.at + 100);
    return { window: one, row };
  });
}
