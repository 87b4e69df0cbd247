// The items: a list with filters, and one of them to see, hear and judge.

class Items {
  constructor(data) {
    this.data = data;
    this.at = -1;
    this.shown = [];
    this.lanes = null;
    for (const item of data.items) item.verdict = verdict(item, data);
    this.filters = { suite: data.suites.map((one) => one.name), verdict: ["failed", "wrong", "partly", "right", "measured", "unscored"].filter((one) => data.items.some((item) => item.verdict === one)), kind: [], run: data.runs.map((one) => one.name) };
    document.getElementById("l-run").hidden = data.runs.length < 2;
    for (const [name, values] of Object.entries(this.filters)) this.offer(name, values);
    document.getElementById("filters").addEventListener("change", (event) => {
      if (event.target.id === "f-suite") this.kinds();
      this.list();
    });
    window.addEventListener("resize", () => this.lanes?.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.lanes?.draw());
    this.kinds();
    this.list();
  }

  chosen(name) {
    return document.getElementById(`f-${name}`).value;
  }

  offer(name, values) {
    const select = document.getElementById(`f-${name}`);
    const before = select.value;
    select.replaceChildren(el("option", { value: "", text: "all" }), ...values.map((value) => el("option", { value, text: value })));
    if (values.includes(before)) select.value = before;
  }

  kinds() {
    const suite = this.chosen("suite");
    this.offer("kind", [...new Set(this.data.items.filter((item) => !suite || item.suite === suite).map((item) => item.kind))].filter(Boolean).sort());
  }

  only(suite) {
    document.getElementById("f-suite").value = suite;
    this.kinds();
    this.list();
  }

  list() {
    const wanted = Object.fromEntries(Object.keys(this.filters).map((name) => [name, this.chosen(name)]));
    const of = (item, name) => (name === "run" ? this.data.runs[item.run].name : item[name]);
    this.shown = this.data.items.filter((item) => Object.entries(wanted).every(([name, value]) => !value || of(item, name) === value));
    const left = this.data.suites.filter((one) => !wanted.suite || one.name === wanted.suite).reduce((sum, one) => sum + one.left_out, 0);
    document.getElementById("count").textContent = `${this.shown.length} items, worst of each suite first${left ? `; ${left} left out` : ""}`;
    document.getElementById("list").replaceChildren(...this.shown.map((item, index) => this.entry(item, index)));
    this.show(this.shown.length ? 0 : -1);
  }

  entry(item, index) {
    const run = this.data.runs.length > 1 ? `${this.data.runs[item.run].name} · ` : "";
    return el("li", {}, el("button", { onclick: () => this.show(index, true) }, el("span", { class: `verdict ${item.verdict}`, title: item.verdict }), el("b", { text: `${item.suite}${item.kind ? `: ${item.kind}` : ""}` }), el("time", { text: clock(item.ms) }), el("small", { text: `${run}${item.failed ?? item.deciding?.why ?? item.scores[0]?.why ?? ""}` })));
  }

  show(index, focus = false) {
    this.stop();
    this.at = index;
    const place = document.getElementById("item");
    const buttons = [...document.querySelectorAll("#list button")];
    buttons.forEach((button, i) => button.setAttribute("aria-current", String(i === index)));
    if (index < 0) {
      this.lanes = null;
      place.replaceChildren(el("p", { class: "none", text: this.data.items.length ? "No item is left by these filters." : "This report holds no items." }));
      return;
    }
    if (focus || document.activeElement?.closest("#list")) buttons[index].scrollIntoView({ block: "nearest" });
    const item = this.shown[index];
    const suite = this.data.suites.find((one) => one.name === item.suite);
    const canvas = el("canvas", { role: "img", "aria-label": `timeline of ${item.id}` });
    this.audio = new Audio(item.sound);
    this.button = el("button", { text: "Play", onclick: () => this.play() });
    this.time = el("output", { text: `0:00 of ${clock(item.ms)}` });
    place.replaceChildren(
      el("h2", {}, el("span", { class: `verdict ${item.verdict}` }), `${item.suite}${item.kind ? `: ${item.kind}` : ""}`),
      el("p", { class: "told", text: [item.verdict, item.id, this.data.runs[item.run].name, item.frames && `${item.frames} pictures`, item.cut && "cut after two minutes", item.of > 1 && `seen and heard: run ${item.heard} of ${item.of}, scores: the mean of all`].filter(Boolean).join(" · ") }),
      ...(item.failed ? [el("p", { class: "notice", text: `This item failed and is unscored: ${item.failed}` })] : []),
      el("div", { class: "player" }, this.button, this.time, el("span", { class: "muted", text: "user left, model right" })),
      el("div", { class: "card lanes" }, canvas),
      ...item.scores.map((one) => scoreRow(one, suite.measures.find((m) => m.name === one.measure))),
    );
    this.lanes = new Lanes(canvas, item, evidenceWindows(item));
    this.lanes.draw();
    canvas.addEventListener("click", (event) => this.seek(this.lanes.msAt(event.offsetX)));
    this.audio.addEventListener("ended", () => this.stop());
  }

  move(by) {
    if (this.shown.length) this.show(Math.min(Math.max(this.at + by, 0), this.shown.length - 1), true);
  }

  play() {
    if (!this.audio) return;
    if (!this.audio.paused) return this.stop();
    this.audio.play();
    this.button.textContent = "Pause";
    const step = () => {
      if (!this.audio || this.audio.paused) return;
      this.follow();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.audio?.pause();
    if (this.button) this.button.textContent = "Play";
  }

  seek(ms) {
    if (!this.audio) return;
    this.audio.currentTime = Math.max(0, ms / 1000);
    this.follow();
  }

  skip(seconds) {
    if (this.audio) this.seek(this.audio.currentTime * 1000 + seconds * 1000);
  }

  follow() {
    const ms = this.audio.currentTime * 1000;
    this.time.textContent = `${clock(ms)} of ${clock(this.shown[this.at].ms)}`;
    this.lanes.cursor = ms;
    this.lanes.draw();
  }
}

/** Right, partly or wrong by the first share that was scored; measured where only times were. */
function verdict(item, data) {
  if (item.failed) return "failed";
  const measures = data.suites.find((one) => one.name === item.suite).measures;
  item.deciding = item.scores.find((one) => one.value != null);
  for (const one of item.scores) {
    const measure = measures.find((m) => m.name === one.measure);
    if (one.value == null || measure.unit !== "%") continue;
    item.deciding = one;
    const good = measure.better === "high" ? one.value : 100 - one.value;
    return good >= 99.99 ? "right" : good <= 0.01 ? "wrong" : "partly";
  }
  return item.scores.some((one) => one.value != null) ? "measured" : "unscored";
}

function scoreRow(score, measure) {
  const good = measure.unit === "%" && score.value != null ? (measure.better === "high" ? score.value : 100 - score.value) : null;
  const evidence = Object.keys(score.evidence).length ? el("details", {}, el("summary", { text: "evidence" }), el("pre", { text: JSON.stringify(score.evidence, null, 1) })) : null;
  return el("div", { class: "score" }, el("div", {}, score.measure, el("br"), el("b", { class: good == null ? "" : good >= 99.99 ? "good" : good <= 0.01 ? "bad" : "", text: withUnit(score.value, measure.unit) })), el("p", { text: score.why }), evidence);
}

/** Windows that scorers name in their evidence and the truth does not: lists of {window_ms, text, hit}. */
function evidenceWindows(item) {
  const known = new Set(item.windows.map((one) => `${Math.round(one.at)}-${Math.round(one.until)}`));
  const found = [];
  const look = (value) => {
    if (Array.isArray(value)) value.forEach(look);
    else if (value && typeof value === "object") {
      const window = value.window_ms;
      if (Array.isArray(window) && window.length === 2) {
        const key = `${Math.round(window[0])}-${Math.round(window[1])}`;
        const same = item.windows.find((one) => `${Math.round(one.at)}-${Math.round(one.until)}` === key);
        if (same && value.hit != null) same.hit = value.hit;
        else if (!known.has(key)) {
          known.add(key);
          found.push({ kind: "window", at: window[0], until: window[1], text: String(value.text ?? ""), hit: value.hit });
        }
      }
      Object.values(value).forEach(look);
    }
  };
  item.scores.forEach((one) => look(one.evidence));
  return found;
}
