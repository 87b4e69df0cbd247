/**
 * The page: wires microphone, camera and session to what is shown.
 *
 * `page.run` counts conversations: whoever has waited for something looks whether it is still the same one.
 */

import { Audio, fromBase64, toBase64 } from "./audio.js";
import { Cards } from "./cards.js";
import { clock, Conversation } from "./conversation.js";
import { Latency, LOUD } from "./latency.js";
import { ANEW, explain, INSECURE, PAUSED, STATES, UNPLUGGED } from "./sentences.js";
import { Session } from "./session.js";
import { Timeline } from "./timeline.js";
import { Video } from "./video.js";
import { Work } from "./work.js";

const WIRE_HZ = 24000;
const HOLD_MS = 350;
const ACK_MS = 200;
const SOUND_OPTIONS = ["echoCancellation", "noiseSuppression", "autoGainControl"];
const $ = (id) => document.getElementById(id);

const SILENT = { playing: false, playedMs: 0, level: 0 };

const page = {
  run: 0,
  link: "closed",
  muted: false,
  microphone: "live", // or "muted" by the system, or "lost"
  paused: false, // the sound was stopped, by a call or by the browser
  awake: null, // the lock that keeps the screen on
  micLevel: 0,
  micLoudAt: -Infinity,
  voice: SILENT,
  ackedMs: 0,
  ackedAt: 0,
  compute: [],
};

const timeline = new Timeline($("timeline"));
const conversation = new Conversation($("conversation"), $("empty"));
const work = new Work($("work"));
const cards = new Cards($("cards"), {
  answer: (id, values) => session.send({ type: "microturn.answer", card_id: id, values, event_id: id }),
  say: (text) => ($("aloud").textContent = text),
  onCount: (count) => document.body.classList.toggle("with-cards", count > 0),
});
const latency = new Latency();
const session = new Session({ onEvent, onLink, onAnew });
const audio = new Audio({ onChunk, onPlayback, onBegan: (atS) => latency.begin(atS), onState, onMicrophone });
const video = new Video($("preview"), {
  onFrame: (image, source) => session.send({ type: "microturn.frame.append", image, source }),
  onEnd: showVideo,
});
window.microturn = { answers: latency.answers }; // for measurements: see latency.js

// ---- the session

const HANDLERS = {
  "microturn.session": (e) => ($("model-name").textContent = e.model),
  "session.input_transcript.delta": (e) => word("user", e),
  "session.output_transcript.delta": (e) => word("model", e),
  "session.output_audio.delta": (e) => {
    const samples = fromBase64(e.delta);
    timeline.say(samples, e.start_ms, WIRE_HZ);
    audio.play(samples, e.start_ms, e.end_ms);
  },
  "microturn.clear": (e) => {
    audio.clear();
    timeline.drop(e.at_ms, page.voice.playedMs);
    conversation.drop(page.voice.playedMs);
  },
  "microturn.do": (e) => timeline.mark(e.at_ms, e.text, "do"),
  "microturn.delegation": onDelegation,
  "microturn.delegation.state": ({ id, text, done }) => work.progress(id, text, done),
  "microturn.delegation.result": ({ id, failed }) => failed && onOver({ id, reason: "failed" }),
  "microturn.delegation.over": onOver,
  "microturn.card": (e) => cards.show(e),
  "microturn.card.answered": ({ id, values }) => cards.answered(id, values),
  "microturn.tick": onTick,
  error: onError,
};

function onEvent(event) {
  HANDLERS[event.type]?.(event);
}

function word(side, { delta, start_ms, end_ms }) {
  timeline.word(side, start_ms, end_ms, delta.trim());
  conversation.word(side, start_ms, end_ms, delta.trim());
}

function onDelegation({ id, task, at_ms }) {
  conversation.work(id, task);
  work.begin(id, task, at_ms, () => session.send({ type: "microturn.delegation.cancel", delegation_id: id }));
}

function onOver({ id, reason }) {
  conversation.over(id, reason);
  work.over(id, reason);
  cards.over(id);
}

function onError({ error }) {
  if (error.code === "unknown_card") cards.gone(error.client_event_id); // answered aloud meanwhile
  else if (error.code !== "unknown_delegation") notify(error.message); // over before the cancel came
}

function onTick(tick) {
  timeline.synchronise(tick.at_ms + 200);
  timeline.tick(tick.at_ms, tick.compute_ms, tick.late_ms > 0);
  page.compute = [...page.compute.slice(-499), tick.compute_ms];
  const slowest = [...page.compute].sort((a, b) => a - b)[Math.floor(page.compute.length * 0.99)];
  $("f-compute").textContent = `${Math.round(tick.compute_ms)} of 200 ms`;
  $("f-p99").textContent = `${Math.round(slowest)} ms`;
  $("f-misses").textContent = `${tick.misses} of ${tick.tick + 1}`;
  $("f-misses").classList.toggle("bad", tick.misses > 0);
  $("f-time").textContent = clock(tick.at_ms + 200);
}

function onLink(link, why) {
  if (link === "open" && page.link === "reconnecting") conversation.note("Connected again");
  page.link = link;
  $("link").dataset.link = link;
  $("link-text").textContent = { open: "Connected", closed: "Not connected" }[link] ?? STATES[link][0];
  if (link === "closed") stop();
  if (why) notify(why);
  if (link === "open" && page.muted) session.send({ type: "session.input_audio.mute" });
  if (link === "open") {
    cards.again();
    work.again();
  }
}

function onAnew() {
  forget();
  audio.reset();
  conversation.part(ANEW);
  cards.part();
  work.reset();
  page.link = "connecting";
}

/** A session begins at time zero. */
function forget() {
  timeline.reset();
  latency.reset();
  Object.assign(page, { ackedMs: 0, compute: [], voice: SILENT });
  $("f-answer").textContent = "–";
}

// ---- sound

function onChunk(pcm, sounds, atS) {
  const levels = page.muted ? sounds.map(() => 0) : sounds;
  page.micLevel = Math.max(...levels);
  if (page.micLevel > LOUD) page.micLoudAt = performance.now();
  timeline.hear(levels);
  const answer = latency.hear(levels, atS);
  if (answer) $("f-answer").textContent = `${(answer.ms / 1000).toFixed(2)} s`;
  session.send({ type: "session.input_audio.append", audio: toBase64(pcm) });
}

function onPlayback(voice) {
  page.voice = voice;
  const now = performance.now();
  if (voice.playedMs > page.ackedMs && now - page.ackedAt > ACK_MS) {
    page.ackedMs = voice.playedMs;
    page.ackedAt = now;
    session.send({ type: "microturn.played", until_ms: voice.playedMs });
  }
}

async function listen() {
  try {
    await audio.listen(Object.fromEntries(SOUND_OPTIONS.map((name) => [name, $(name).checked])));
  } catch (error) {
    onMicrophone("lost", explain(error));
  }
}

function onMicrophone(state, why = UNPLUGGED) {
  page.microphone = state;
  $("mute").disabled = state === "lost";
  if (state === "lost") notify(why, "Use the microphone", listen);
}

function onState(running) {
  page.paused = !running;
  if (!running) return notify(PAUSED, "Go on", goOn);
  audio.clear(); // what came meanwhile
  if (page.microphone === "lost") onMicrophone("lost");
  else notify("");
}

/** After a pause: sound again, and the microphone, if that has gone as well. */
async function goOn() {
  const { run } = page;
  await audio.resume();
  if (run !== page.run || page.link === "closed") return;
  if (!audio.running) notify(PAUSED, "Go on", goOn);
  else if (page.microphone === "lost") await listen();
}

/** Keeps the screen on, where the browser lets us. */
async function stayAwake() {
  const { run } = page;
  const lock = await navigator.wakeLock?.request("screen").catch(() => null);
  if (run !== page.run) return lock?.release();
  page.awake = lock;
}

function onVisible() {
  if (document.visibilityState !== "visible" || page.link === "closed") return;
  stayAwake(); // the lock goes when the page is hidden
  if (!audio.running) goOn();
}

// ---- buttons

async function start() {
  if (!isSecureContext) return notify(INSECURE);
  const run = ++page.run;
  notify("");
  forget();
  conversation.reset();
  cards.reset();
  Object.assign(page, { link: "connecting", microphone: "live", paused: false });
  $("connect").classList.add("on");
  $("connect").lastElementChild.textContent = "End";
  for (const control of controls()) control.disabled = false;
  try {
    await audio.open();
  } catch (error) {
    if (run === page.run) session.finish(`This browser cannot play or record sound (${error.message}). Use a current one.`);
  }
  if (run === page.run) await listen();
  if (run !== page.run) return;
  stayAwake();
  session.connect();
}

function stop() {
  page.run++;
  page.link = "closed";
  page.awake?.release();
  page.awake = null;
  audio.close();
  video.close();
  showVideo();
  conversation.settle(Infinity);
  cards.over();
  work.reset();
  timeline.stop();
  setMuted(false);
  $("connect").classList.remove("on");
  $("connect").lastElementChild.textContent = "Start talking";
  for (const control of controls()) control.disabled = true;
}

function controls() {
  return [$("mute"), $("camera"), $("screen"), $("text"), document.querySelector(".send")];
}

function setMuted(muted) {
  page.muted = muted;
  $("mute").setAttribute("aria-pressed", muted);
  $("mute").setAttribute("aria-label", muted ? "Unmute the microphone" : "Mute the microphone");
  session.send?.({ type: `session.input_audio.${muted ? "mute" : "unmute"}` });
}

async function toggleVideo(source) {
  try {
    if (video.source === source) video.close();
    else await video.open(source);
  } catch (error) {
    notify(explain(error, source));
  }
  showVideo();
}

function showVideo() {
  $("preview").hidden = !video.source;
  for (const source of ["camera", "screen"]) $(source).setAttribute("aria-pressed", video.source === source);
}

/** Nothing, a sentence, or a sentence with a button that does something about it. */
function notify(text, label = "", act = null) {
  const [said, button] = $("notice").children;
  said.textContent = text;
  button.textContent = label;
  button.hidden = !label;
  button.onclick = () => (notify(""), act());
  $("notice").hidden = !text;
}

$("connect").onclick = () => (page.link === "closed" ? start() : session.close());
$("mute").onclick = () => setMuted(!page.muted);
$("camera").onclick = () => toggleVideo("camera");
$("screen").onclick = () => toggleVideo("screen");
$("type").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || page.link !== "open") return;
  session.send({ type: "microturn.text.append", text });
  conversation.typed(timeline.now, text);
  $("text").value = "";
};
for (const name of SOUND_OPTIONS) $(name).onchange = () => page.link !== "closed" && listen();
document.onvisibilitychange = onVisible;
addEventListener("pagehide", () => page.link !== "closed" && session.close());

// ---- what is shown, once a frame

function stateNow() {
  if (page.link === "closed") return "idle";
  if (page.link !== "open") return page.link;
  if (page.paused) return "paused";
  const hears = performance.now() - page.micLoudAt < HOLD_MS;
  if (page.voice.playing) return hears ? "both" : "speaking";
  if (page.muted) return "muted";
  if (page.microphone !== "live") return { lost: "deaf", muted: "hushed" }[page.microphone];
  return hears ? "hearing" : "listening";
}

function show() {
  const state = stateNow();
  if (document.body.dataset.state !== state) {
    document.body.dataset.state = state;
    const [headline, hint] = STATES[state];
    if ($("state").textContent !== headline) $("state").textContent = headline;
    $("hint").textContent = hint;
    document.querySelector(".disc.user").classList.toggle("active", state === "hearing" || state === "both");
    document.querySelector(".disc.model").classList.toggle("active", state === "speaking" || state === "both");
  }
  setLevel(".disc.user", page.link === "open" ? page.micLevel : 0);
  setLevel(".disc.model", page.voice.playing ? page.voice.level : 0);
  if (page.link === "open") conversation.settle(timeline.now);
  work.tick(timeline.now);
  timeline.draw();
  requestAnimationFrame(show);
}

function setLevel(selector, level) {
  document.querySelector(selector).style.setProperty("--level", Math.min(1, Math.sqrt(level / 0.25)).toFixed(2));
}

if (!$("options").showPopover) $("settings").hidden = true;
if (!navigator.mediaDevices?.getDisplayMedia) $("screen").hidden = true; // no phone has it
if (!isSecureContext) notify(INSECURE);
requestAnimationFrame(show);
