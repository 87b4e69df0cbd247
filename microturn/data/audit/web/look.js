// The page: a list of shards and of the sessions of one, the channels of one of these, and a player.

import { Lanes, clock } from "./lanes.js";
import { Player } from "./player.js";
import { loadSession } from "./session.js";

const $ = (id) => document.getElementById(id);
const CLOSEST_MS = 1500;
const player = new Player();
const lanes = new Lanes($("lanes"));
let shard = { name: "", sessions: [] };
let session = null;
let loading = ""; // what is being opened, as the address has it
let touched = false; // somebody chose how much is seen
let drawn = ""; // what the canvas shows, so that it is drawn only when that changes

async function start() {
  const shards = await asked("api/shards");
  for (const one of shards) $("shards").add(new Option(`${one.name} · ${(one.bytes / 1e6).toFixed(1)} MB`, one.name));
  $("shards").parentElement.hidden = shards.length < 2;
  await go();
}

async function asked(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error((await response.text()) || `${url}: ${response.status}`);
  return response.json();
}

/** Opens what the address names: #SHARD/SESSION. */
async function go() {
  const [name, index] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const known = [...$("shards").options].some((one) => one.value === name);
  await open(known ? name : $("shards").value, Number(index) || 0);
}

async function open(name, index) {
  if (shard.name !== name) {
    loading = name;
    $("shards").value = name;
    document.body.dataset.state = "loading";
    try {
      const told = await asked(`api/shards/${encodeURIComponent(name)}`);
      if (loading !== name) return; // another one was chosen meanwhile
      shard = told;
    } catch (error) {
      if (loading !== name) return;
      shard = { name: "", sessions: [] };
      failed(`The shard cannot be shown: ${error.message}`);
    }
    introduce();
    if (!shard.name) return;
  }
  await show(index);
}

/** What is known of the shard, and the acts in it. */
function introduce() {
  $("shard").textContent = shard.name || "microturn";
  const minutes = shard.sessions.reduce((sum, one) => sum + (one.seconds || 0), 0) / 60;
  const parts = [`${shard.sessions.length} sessions`, minutes && `${minutes.toFixed(0)} minutes`, shard.split].filter(Boolean);
  $("about").textContent = parts.join(" · ");
  $("about").title = shard.folder;
  const acts = new Map();
  for (const one of shard.sessions) for (const act of new Set(one.acts || [])) acts.set(act, (acts.get(act) || 0) + 1);
  const chosen = $("act").value;
  $("act").length = 1; // all of them
  for (const [act, count] of [...acts].sort()) $("act").add(new Option(`${act.replaceAll("_", " ")} (${count})`, act));
  $("act").value = acts.has(chosen) ? chosen : "";
  $("act").disabled = !acts.size;
  session = null;
  list();
}

function list() {
  const { value: act } = $("act");
  const kept = shard.sessions.filter((one) => (!act || one.acts?.includes(act)) && (!$("heard").checked || one.sound));
  const rows = kept.map((one) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.index = one.index;
    button.append(
      element("b", "", `Session ${one.index}`),
      element("span", "length", one.seconds ? clock(one.seconds * 1000) : ""),
      element("span", "acts", [...new Set(one.acts || [])].join(", ").replaceAll("_", " ") || "acts unknown"),
      element("span", "who", [one.voice || "voice unknown", one.seed !== undefined && `seed ${one.seed}`].filter(Boolean).join(" · ")),
    );
    if (one.sound) button.children[1].insertAdjacentHTML("afterbegin", '<svg aria-label="with sound" role="img"><use href="#i-sound" /></svg>');
    button.addEventListener("click", () => show(one.index));
    item.append(button);
    return item;
  });
  $("sessions").replaceChildren(...(rows.length ? rows : [element("li", "none", "No session is like that.")]));
  mark();
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function mark() {
  for (const button of $("sessions").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Number(button.dataset.index) === session?.index));
  }
}

async function show(index) {
  if (!shard.sessions[index]) index = 0;
  const place = `${encodeURIComponent(shard.name)}/${index}`;
  loading = place;
  document.body.dataset.state = "loading";
  document.body.dataset.drawer = "";
  player.pause();
  try {
    const loaded = await loadSession(shard.name, index);
    if (loading !== place) return; // another one was chosen meanwhile
    session = loaded;
  } catch (error) {
    if (loading === place) failed(`Session ${index} cannot be shown: ${error.message}`);
    return;
  }
  history.replaceState(null, "", `#${place}`);
  player.load(session.duration_ms, session.buffers);
  lanes.show(session);
  lanes.leftMs = 0;
  describe();
  resize();
  mark();
  document.body.dataset.lanes = lanes.lanes.map((lane) => lane.name).join(" ");
  document.body.dataset.state = "ready";
}

function describe() {
  $("title").textContent = `Session ${session.index}`;
  const level = session.levels_of?.user;
  const parts = [
    session.split || shard.split,
    session.seed !== undefined && `seed ${session.seed}`,
    session.voice,
    session.others?.length && `${session.others.length} other ${session.others.length > 1 ? "voices" : "voice"}`,
    level && level.dbfs > -119 && `${level.dbfs} dB full scale`,
    `clock ${timeOfDay(session.second_of_day)}`,
  ];
  $("meta").textContent = parts.filter(Boolean).join(" · ");
  const counts = new Map();
  for (const { reason, gravity, detail } of session.findings) {
    const known = counts.get(reason) || { gravity, details: [] };
    counts.set(reason, { gravity, details: [...known.details, detail] });
  }
  const items = [...counts].map(([reason, { gravity, details }]) => {
    const item = element("li", gravity, details.length > 1 ? `${details.length} × ${reason}` : reason);
    item.title = details.join("\n");
    return item;
  });
  $("findings").replaceChildren(...(items.length ? items : [element("li", "good", "nothing found")]));
  const silent = !session.sound && `No sound was kept of this session: it shows what the model hears and says as spectrograms.${shard.listen ? ` The first ${shard.listen} sessions of a shard keep theirs.` : ""}`;
  notice(silent || "");
  for (const side of ["user", "model"]) $(`hear-${side}`).disabled = !session.sides.includes(side);
  $("wave").disabled = !session.sound;
  $("length").textContent = clock(session.duration_ms);
  $("seek").max = session.duration_ms;
  drawAs(!session.sound || lanes.asMel);
}

function timeOfDay(second) {
  return `${Math.floor(second / 3600) % 24}:${String(Math.floor(second / 60) % 60).padStart(2, "0")}`;
}

function failed(text) {
  notice(text);
  document.body.dataset.state = "failed";
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

function drawAs(mel) {
  if (session?.sound) lanes.asMel = mel;
  $("wave").setAttribute("aria-pressed", String(!mel));
  $("mel").setAttribute("aria-pressed", String(mel));
  drawn = "";
}

// The view.

function resize() {
  if (!session) return;
  const { clientWidth, clientHeight } = $("lanes").parentElement;
  lanes.resize(clientWidth, clientHeight);
  zoom();
  lanes.draw(player.nowMs); // at once: a canvas that is resized is empty
  drawOverview();
}

/** Until the slider is moved: so many seconds that neighbouring words have room beside each other. */
function firstSpanMs() {
  return Math.max(4500, ((lanes.width - lanes.gutter) / 92) * 1000);
}

/** The slider goes from the whole session to a second and a half, evenly in factors. */
function zoom(aroundMs = player.nowMs, spanMs = null) {
  const whole = Math.max(session.duration_ms, CLOSEST_MS);
  if (spanMs === null) spanMs = touched ? whole * (CLOSEST_MS / whole) ** (Number($("zoom").value) / 100) : firstSpanMs();
  spanMs = Math.max(CLOSEST_MS, Math.min(spanMs, whole));
  const share = (aroundMs - lanes.leftMs) / lanes.spanMs;
  lanes.spanMs = spanMs;
  pan(aroundMs - Math.max(0, Math.min(share, 1)) * spanMs);
  $("zoom").value = (100 * Math.log(whole / spanMs)) / Math.log(whole / CLOSEST_MS);
}

function pan(leftMs) {
  const most = Math.max(0, session.duration_ms - lanes.spanMs);
  lanes.leftMs = Math.max(0, Math.min(leftMs, most));
  drawn = "";
}

function drawOverview() {
  const canvas = $("overview");
  if (!session) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = Math.min(devicePixelRatio || 1, 3);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const x = (ms) => (ms / session.duration_ms) * width;
  pen.fillStyle = lanes.colour.text;
  pen.globalAlpha = 0.09;
  pen.fillRect(x(lanes.leftMs), 0, x(lanes.spanMs), height);
  pen.globalAlpha = 1;
  for (const [words, tone, y] of [[session.userWords, "user", 8], [session.said, "model", 24]]) {
    pen.fillStyle = lanes.colour[tone];
    for (const word of words) pen.fillRect(x(word.at_ms), y, Math.max(1, x(word.until_ms - word.at_ms)), 9);
  }
  pen.fillStyle = lanes.colour.text;
  pen.fillRect(x(player.nowMs), 0, 1.5, height);
}

function frame() {
  requestAnimationFrame(frame);
  if (!session || !lanes.width) return;
  const now = player.nowMs;
  if (player.playing && now >= session.duration_ms) {
    player.pause();
    buttons();
  }
  if (player.playing && (now > lanes.rightMs - 0.12 * lanes.spanMs || now < lanes.leftMs)) pan(now - 0.12 * lanes.spanMs);
  const state = `${now} ${lanes.leftMs} ${lanes.spanMs} ${lanes.width} ${lanes.height} ${lanes.colour.text}`;
  if (state === drawn) return;
  drawn = state;
  lanes.draw(now);
  drawOverview();
  $("now").textContent = `${Math.floor(now / 60000)}:${((now / 1000) % 60).toFixed(1).padStart(4, "0")}`;
  document.body.dataset.now = Math.round(now);
  if (document.activeElement !== $("seek") || player.playing) $("seek").value = now;
}

// Hands.

function toggle() {
  player.playing ? player.pause() : player.play();
  buttons();
}

function buttons() {
  $("play").setAttribute("aria-label", player.playing ? "Pause" : "Play");
  $("play").querySelector("use").setAttribute("href", player.playing ? "#i-pause" : "#i-play");
}

function seek(ms) {
  if (!session) return;
  player.seek(ms);
  if (ms < lanes.leftMs || ms > lanes.rightMs) pan(ms - lanes.spanMs / 3);
}

const touches = new Map();
let hand = null;

function down(event) {
  touches.set(event.pointerId, event.offsetX);
  hand = { x: event.offsetX, leftMs: lanes.leftMs, spanMs: lanes.spanMs, wide: wide(), moved: touches.size > 1 };
  $("lanes").setPointerCapture(event.pointerId);
}

function wide() {
  const places = [...touches.values()];
  return places.length > 1 ? Math.max(30, Math.abs(places[0] - places[1])) : 0;
}

function move(event) {
  if (!session) return;
  if (!touches.has(event.pointerId)) return point(event);
  touches.set(event.pointerId, event.offsetX);
  touched ||= touches.size > 1;
  if (hand.wide && touches.size > 1) return zoom(lanes.ms(event.offsetX), (hand.spanMs * hand.wide) / wide());
  const far = event.offsetX - hand.x;
  if (Math.abs(far) > 5) hand.moved = true;
  if (hand.moved) pan(hand.leftMs - (far / (lanes.width - lanes.gutter)) * hand.spanMs);
}

function up(event) {
  const moved = hand?.moved;
  touches.delete(event.pointerId);
  if (moved || event.type === "pointercancel") return;
  if (event.offsetX >= lanes.gutter) seek(lanes.ms(event.offsetX));
  if (event.pointerType !== "mouse") point(event);
}

function point(event) {
  const thing = session && lanes.at(event.offsetX, event.offsetY);
  $("tip").hidden = !thing;
  if (!thing) return;
  $("tip").replaceChildren(element("b", "", thing.title || "–"), ...thing.lines.map((line) => element("div", "", line)));
  const card = $("tip").parentElement.getBoundingClientRect();
  const tip = $("tip").getBoundingClientRect();
  const x = Math.min(event.clientX - card.left + 14, card.width - tip.width - 10);
  const below = event.clientY - card.top + 18;
  const y = below + tip.height > card.height - 8 ? event.clientY - card.top - tip.height - 12 : below;
  $("tip").style.left = `${Math.max(8, x)}px`;
  $("tip").style.top = `${Math.max(8, y)}px`;
}

function wheel(event) {
  if (!session || (!event.ctrlKey && Math.abs(event.deltaX) < Math.abs(event.deltaY) && !event.shiftKey)) return;
  event.preventDefault();
  touched ||= event.ctrlKey;
  if (event.ctrlKey) return zoom(lanes.ms(event.offsetX), lanes.spanMs * Math.exp(event.deltaY / 300));
  pan(lanes.leftMs + ((event.deltaX || event.deltaY) / lanes.width) * lanes.spanMs);
}

function key(event) {
  if (!session || ["SELECT", "INPUT"].includes(event.target.tagName) || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = { ArrowLeft: -1000, ArrowRight: 1000 };
  if (event.key === " " && event.target.tagName !== "BUTTON") toggle();
  else if (steps[event.key]) seek(player.nowMs + steps[event.key]);
  else if (event.key === "Escape") document.body.dataset.drawer = "";
  else return;
  event.preventDefault();
}

for (const [name, does] of Object.entries({ pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, wheel })) {
  $("lanes").addEventListener(name, does, { passive: false });
}
$("lanes").addEventListener("pointerleave", () => ($("tip").hidden = true));
for (const name of ["pointerdown", "pointermove"]) {
  $("overview").addEventListener(name, (event) => {
    if (session && event.buttons) pan((event.offsetX / $("overview").clientWidth) * session.duration_ms - lanes.spanMs / 2);
  });
}
$("play").addEventListener("click", toggle);
$("seek").addEventListener("input", () => seek(Number($("seek").value)));
$("zoom").addEventListener("input", () => {
  if (!session) return;
  touched = true;
  zoom();
});
$("shards").addEventListener("change", () => open($("shards").value, 0));
$("act").addEventListener("change", list);
$("heard").addEventListener("change", list);
$("wave").addEventListener("click", () => drawAs(false));
$("mel").addEventListener("click", () => drawAs(true));
$("open").addEventListener("click", (event) => {
  document.body.dataset.drawer = "open";
  event.stopPropagation();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("aside")) document.body.dataset.drawer = "";
});
for (const side of ["user", "model"]) {
  $(`hear-${side}`).addEventListener("click", ({ currentTarget }) => {
    const on = currentTarget.getAttribute("aria-pressed") !== "true";
    currentTarget.setAttribute("aria-pressed", String(on));
    player.hear(side, on);
  });
}
addEventListener("keydown", key);
addEventListener("hashchange", go);
new ResizeObserver(resize).observe($("lanes").parentElement);
frame();
start().catch((error) => failed(`The shards cannot be listed: ${error.message}`));
