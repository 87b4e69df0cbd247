// The scores: a card for each suite, a row for each measure: what it is, dots with intervals, the numbers.

const REASONS = 6; // why items failed: as many are shown at once

function drawScores(data) {
  document.getElementById("about").append(...data.runs.map(aboutRun));
  document.getElementById("contents").append(...data.suites.map((suite) => el("a", { href: `#suite-${suite.name}`, text: suite.name })));
  document.getElementById("suites").append(...data.suites.map((suite) => suiteCard(suite, data)));
  drawCurves(data);
}

function aboutRun(run, index) {
  const facts = [run.model && `model ${run.model}`, run.condition && `under ${run.condition}`, run.runs > 1 && `${run.runs} runs an item`, run.commit && `code ${run.commit}`, run.machine];
  return el("div", { class: "run", style: `--tone: ${tone(index)}` }, el("b", {}, el("i"), run.name), el("p", { text: facts.filter(Boolean).join(" · ") }), el("p", {}, el("code", { text: run.command || "" })));
}

function suiteCard(suite, data) {
  const rows = suite.measures.map((measure) => measureRow(suite, measure, data));
  const items = data.items.filter((item) => item.suite === suite.name).length;
  const total = suite.runs.reduce((sum, run) => sum + run.items, 0);
  const failed = suite.runs.flatMap((run) => Object.entries(run.failed).map(([why, times]) => `${data.runs[run.run].name}: ${times} of ${run.items} items failed and are unscored: ${why}`));
  return el(
    "section",
    { class: "suite", id: `suite-${suite.name}` },
    el("header", {}, el("h2", { text: suite.name }), items ? el("a", { class: "go", href: `#items/${suite.name}`, text: items < total ? `see and hear ${items} of ${total} items` : `see and hear its ${items} items` }) : null),
    el("p", { class: "summary", text: suite.summary }),
    ...failed.slice(0, REASONS).map((text) => el("p", { class: "notice", text })),
    failed.length > REASONS ? el("details", {}, el("summary", { text: `${failed.length - REASONS} more reasons` }), ...failed.slice(REASONS).map((text) => el("p", { class: "notice", text }))) : null,
    legend(suite),
    ...rows,
    details(suite, data),
  );
}

function legend(suite) {
  const entry = (shape, text) => el("span", {}, svg("svg", { viewBox: "-7 -7 14 14" }, shape), text);
  const known = [entry(dot(0, 0, "var(--r0)"), "this run")];
  known.push(entry(svg("path", { d: "M0-5V5", stroke: "var(--muted)", "stroke-width": 1.6 }), "control or blind"));
  if (suite.published.length) known.push(entry(diamond(0, 0), "published, official data"));
  return el("div", { class: "legend" }, ...known);
}

const dot = (x, y, colour) => svg("circle", { cx: x, cy: y, r: 4.6, fill: colour });
const diamond = (x, y) => svg("path", { d: `M${x} ${y - 4.5}l4.5 4.5-4.5 4.5-4.5-4.5z`, fill: "none", stroke: "var(--text)", "stroke-width": 1.3 });

function measureRow(suite, measure, data) {
  const better = measure.better === "high" ? "higher is better" : "lower is better";
  const how = measure.how === "mean" ? "" : `, ${measure.how}`;
  const values = suite.runs.map((run) => {
    const one = run.columns[run.system][measure.name];
    const text = one.value == null ? "unscored" : withUnit(one.value, measure.unit);
    const ends = one.value == null ? "" : ` [${spelled(one.low, measure.unit)}, ${spelled(one.high, measure.unit)}]`;
    const counted = el("span", { class: "n", text: `n ${one.n}${one.unscored ? `, ${one.unscored} unscored` : ""}` });
    return el("div", { style: `--tone: ${tone(run.run)}` }, el("b", { text }), el("span", { text: ends }), counted);
  });
  return el(
    "div",
    { class: "measure" },
    el("div", { class: "what" }, el("b", { text: measure.name }), el("p", {}, `${better}${how} `, ...chips(measure.label))),
    el("div", { class: "plot" }, strip(suite, measure, data)),
    el("div", { class: "value" }, ...values),
  );
}

/** What lies on a measure's axis: runs with intervals, others as marks. */
function strip(suite, measure, data) {
  const runs = suite.runs.map((run) => ({ run, ...run.columns[run.system][measure.name] }));
  const first = suite.runs[0];
  const others = marksOf(first, measure);
  const published = suite.published.filter((one) => one.measure === measure.name);
  const all = [...runs.flatMap((one) => [one.low, one.high]), ...others.map((one) => one.value), ...published.map((one) => one.value)].filter((one) => one != null);
  const percent = measure.unit === "%" && Math.max(0, ...all) <= 100;
  const high = percent ? 100 : Math.max(...all, 0) * 1.06 || 1;
  const low = Math.min(0, ...all) * 1.06;
  const W = window.innerWidth < 760 ? 350 : 560, H = 16 * runs.length + 44, top = 20;
  const x = (value) => 8 + ((value - low) / (high - low)) * (W - 16);
  const bottom = top + 16 * runs.length + 4;
  const plot = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${measure.name}: ${runs.map((one) => withUnit(one.value, measure.unit)).join(", ")}` });
  for (const at of ticks(low, high)) {
    plot.append(svg("path", { class: "faint", d: `M${x(at)} ${top - 4}V${bottom}` }), label(x(at), bottom + 13, String(Number(at.toPrecision(4))), "middle"));
  }
  plot.append(svg("path", { class: "axis", d: `M8 ${bottom}H${W - 8}` }));
  let free = -Infinity;
  for (const other of others.sort((a, b) => a.value - b.value)) {
    const at = x(other.value);
    const mark = svg("path", { d: `M${at} ${top - 5}V${bottom}`, stroke: "var(--muted)", "stroke-width": 1.4, "stroke-dasharray": "2 3" });
    mark.append(titled(`${other.name}: ${withUnit(other.value, measure.unit)}`));
    plot.append(mark);
    const room = other.name.length * 5.9 + 8;
    const from = Math.min(Math.max(at - room / 2, 0), W - room);
    if (from >= free) {
      plot.append(label(from + room / 2, top - 9, other.name, "middle"));
      free = from + room;
    }
  }
  for (const one of published) {
    const mark = diamond(x(one.value), bottom);
    mark.setAttribute("fill", "var(--panel)");
    mark.append(titled(`${one.system}: ${withUnit(one.value, measure.unit)} (published; ${one.source}${one.note ? `; ${one.note}` : ""})`));
    plot.append(mark);
  }
  runs.forEach((one, row) => {
    if (one.value == null) return;
    const y = top + 8 + 16 * row;
    const bar = svg("path", { d: `M${x(one.low)} ${y}H${x(one.high)}`, stroke: tone(one.run.run), "stroke-width": 2.4, "stroke-linecap": "round" });
    const point = dot(x(one.value), y, tone(one.run.run));
    point.append(titled(`${data.runs[one.run.run].name}: ${withUnit(one.value, measure.unit)} [${spelled(one.low, measure.unit)}, ${spelled(one.high, measure.unit)}], n ${one.n}`));
    plot.append(bar, point);
  });
  return plot;
}

/** Controls and blind baselines, those of one value together. */
function marksOf(run, measure) {
  const found = new Map();
  for (const name of Object.keys(run.columns)) {
    const value = run.columns[name][measure.name]?.value;
    if (name !== run.system && value != null) found.set(value, [...(found.get(value) ?? []), name]);
  }
  return [...found].map(([value, names]) => ({ value, name: names.join(", ") }));
}

function label(x, y, text, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}

function titled(text) {
  const node = svg("title");
  node.textContent = text;
  return node;
}

/** All numbers as tables: by kind, controls, what others published, and the paired differences of runs. */
function details(suite, data) {
  const tables = suite.runs.map((run) => {
    const names = Object.keys(run.columns);
    const head = el("tr", {}, ...["measure", "n", ...names].map((text) => el("th", { text })));
    const body = suite.measures.flatMap((measure, index) => {
      const cells = names.map((name) => run.columns[name][measure.name]);
      const row = el("tr", {}, el("td", { text: `${measure.name}, ${measure.unit}` }), el("td", { text: cells[0].n }), ...cells.map((one, i) => el("td", { text: i ? spelled(one.value, measure.unit) : interval(one, measure.unit) })));
      const kinds = Object.entries(cells[0].by_kind);
      const parts = index === 0 && kinds.length > 1 ? kinds.map(([kind, one]) => el("tr", { class: "part" }, el("td", { text: kind }), el("td", { text: one.n }), el("td", { text: interval(one, measure.unit) }), ...names.slice(1).map(() => el("td")))) : [];
      return [row, ...parts];
    });
    return el("div", { class: "scroll" }, data.runs.length > 1 ? el("b", { text: data.runs[run.run].name }) : null, el("table", {}, head, ...body));
  });
  const published = suite.published.length ? [el("div", { class: "scroll" }, el("b", { text: "Published, on official data" }), el("table", {}, el("tr", {}, ...["measure", "system", "value", "source"].map((text) => el("th", { text }))), ...suite.published.map((one) => el("tr", {}, el("td", { text: one.measure }), el("td", { text: one.system }), el("td", { text: spelled(one.value, suite.measures.find((m) => m.name === one.measure)?.unit) }), el("td", { text: [one.source, one.note].filter(Boolean).join("; ") })))))] : [];
  const pairs = (data.pairs ?? []).filter((one) => one.suite === suite.name);
  const compared = pairs.length ? [el("div", { class: "scroll" }, el("b", { text: "Paired differences, by item" }), el("table", {}, el("tr", {}, ...["measure", "runs", "n", "difference [95%]", "p"].map((text) => el("th", { text }))), ...pairs.map((one) => el("tr", {}, el("td", { text: one.measure }), el("td", { text: `${data.runs[one.a].name} − ${data.runs[one.b].name}` }), el("td", { text: one.n }), el("td", { text: interval(one, one.unit) }), el("td", { text: one.p == null ? "" : one.p.toPrecision(2) })))))] : [];
  return el("details", {}, el("summary", { text: "All numbers" }), ...tables, ...compared, ...published);
}

function interval(one, unit) {
  return one.value == null ? "unscored" : `${spelled(one.value, unit)} [${spelled(one.low, unit)}, ${spelled(one.high, unit)}]`;
}

const FIELD = { loss: "packets lost, %", jitter_ms: "jitter, ms", delay_ms: "delay each way, ms", kbps: "Opus, kb/s", echo_db: "echo, dB", minutes_before: "minutes of session before", noise: "signal to noise, dB" };

function drawCurves(data) {
  const section = document.getElementById("curves");
  for (const sweep of data.conditions) {
    const cells = data.suites.flatMap((suite) => suite.measures.map((measure) => curve(suite, measure, sweep)).filter(Boolean));
    if (!cells.length) continue;
    section.hidden = false;
    section.append(el("div", { class: "suite" }, el("header", {}, el("h2", { text: `By ${FIELD[sweep.field] ?? sweep.field}` })), el("p", { class: "summary", text: "Each curve is one measure over the same items; the band is its 95% interval." }), el("div", { class: "curves" }, ...cells)));
  }
}

function curve(suite, measure, sweep) {
  const points = sweep.runs.map((run, i) => ({ at: sweep.at[i], ...suite.runs.find((one) => one.run === run)?.columns[suite.runs.find((one) => one.run === run).system][measure.name] })).filter((one) => one.value != null);
  if (points.length < 2) return null;
  const W = 300, H = 150, left = 34, bottom = 122;
  const most = measure.unit === "%" ? Math.max(100, ...points.map((one) => one.high)) : Math.max(...points.map((one) => one.high)) * 1.05 || 1;
  const [low, high] = [Math.min(...sweep.at), Math.max(...sweep.at)];
  const x = (at) => left + ((at - low) / (high - low || 1)) * (W - left - 10);
  const y = (value) => bottom - (value / most) * (bottom - 10);
  const band = `M${points.map((one) => `${x(one.at)} ${y(one.high)}`).join("L")}L${[...points].reverse().map((one) => `${x(one.at)} ${y(one.low)}`).join("L")}Z`;
  const colour = "var(--user)";
  const plot = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${suite.name}, ${measure.name}` });
  for (const at of ticks(0, most, 3)) plot.append(svg("path", { class: "faint", d: `M${left} ${y(at)}H${W - 8}` }), label(left - 5, y(at) + 4, String(Number(at.toPrecision(4))), "end"));
  for (const at of sweep.at) plot.append(label(x(at), bottom + 15, String(at), "middle"));
  plot.append(svg("path", { d: band, fill: colour, opacity: 0.16 }), svg("path", { d: `M${points.map((one) => `${x(one.at)} ${y(one.value)}`).join("L")}`, fill: "none", stroke: colour, "stroke-width": 2 }));
  for (const one of points) {
    const point = dot(x(one.at), y(one.value), colour);
    point.append(titled(`${one.at}: ${interval(one, measure.unit)}, n ${one.n}`));
    plot.append(point);
  }
  return el("figure", { style: "margin: 0" }, el("h3", { text: `${suite.name}: ${measure.name}, ${measure.unit}` }), plot);
}
