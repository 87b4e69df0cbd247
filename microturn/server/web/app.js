/** The page: wires microphone, camera and session to what is shown. */

import { Audio, explain, fromBase64, toBase64 } from "./audio.js";
import { clock, Conversation } from "./conversation.js";
import { Session } from "./session.js";
import { Timeline } from "./timeline.js";
import { Video } from "./video.js";

const WIRE_HZ = 24000;
const LOUD = 0.02; // rms above which the user counts as making sound
const HOLD_MS = 350;
const ACK_MS = 200;
const SOUND_OPTIONS = ["echoCancellation", "noiseSuppression", "autoGainControl"];
const $ = (id) => document.getElementById(id);

const STATES = {
  idle: ["Ready when you are", "It listens, watches and speaks at the same time. Interrupt it whenever you like."],
  connecting: ["Connecting…", "One moment."],
  reconnecting: ["Reconnecting…", "The connection dropped; the conversation is kept."],
  listening: ["Listening", "Speak, pause, think aloud. It waits until you are done."],
  hearing: ["Listening", "It hears you."],
  speaking: ["Speaking", "Interrupt it whenever you like."],
  both: ["Both at once", "It listens while it speaks."],
  muted: ["Muted", "It cannot hear you. It can still speak, watch and read."],
  deaf: ["No microphone", "Type to it, or show it something."],
};

const page = {
  link: "closed",
  muted: false,
  deaf: false,
  micLevel: 0,
  micLoudAt: -Infinity,
  voice: { playing: false, playedMs: 0, level: 0 },
  ackedMs: 0,
  ackedAt: 0,
  compute: [],
};

const timeline = new Timeline($("timeline"));
const conversation = new Conversation($("conversation"), $("empty"));
const session = new Session({ onEvent, onLink });
const audio = new Audio({ onChunk, onPlayback });
const video = new Video($("preview"), {
  onFrame: (image, source) => session.send({ type: "microturn.frame.append", image, source }),
  onEnd: showVideo,
});

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
  "microturn.tick": onTick,
  "session.closed": (e) => e.reason !== "close_requested" && notify(`The session ended (${e.reason.replace("_", " ")}).`),
  error: (e) => notify(e.error.message),
};

function onEvent(event) {
  HANDLERS[event.type]?.(event);
}

function word(side, { delta, start_ms, end_ms }) {
  timeline.word(side, start_ms, end_ms, delta.trim());
  conversation.word(side, start_ms, end_ms, delta.trim());
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

function onLink(link) {
  if (link === "open" && page.link === "reconnecting") conversation.note("Connected again");
  page.link = link;
  $("link").dataset.link = link;
  $("link-text").textContent = { open: "Connected", closed: "Not connected" }[link] ?? STATES[link][0];
  if (link === "closed") stop();
  if (link === "open" && page.muted) session.send({ type: "session.input_audio.mute" });
}

// ---- sound

function onChunk(pcm, levels) {
  const level = Math.max(...levels);
  page.micLevel = page.muted ? 0 : level;
  if (page.micLevel > LOUD) page.micLoudAt = performance.now();
  timeline.hear(page.muted ? levels.map(() => 0) : levels);
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
  page.deaf = false;
  try {
    await audio.listen(Object.fromEntries(SOUND_OPTIONS.map((name) => [name, $(name).checked])));
  } catch (error) {
    page.deaf = true;
    notify(explain(error));
  }
  $("mute").disabled = page.deaf;
}

// ---- buttons

async function start() {
  notify("");
  timeline.reset();
  conversation.reset();
  Object.assign(page, { ackedMs: 0, compute: [], link: "connecting", voice: { playing: false, playedMs: 0, level: 0 } });
  $("connect").classList.add("on");
  $("connect").lastElementChild.textContent = "End";
  for (const control of controls()) control.disabled = false;
  try {
    await audio.open();
  } catch (error) {
    notify(`This browser cannot play or record sound here (${error.message}). Use a current browser, over HTTPS or on localhost.`);
    return stop();
  }
  await listen();
  session.connect();
}

function stop() {
  page.link = "closed";
  audio.close();
  video.close();
  showVideo();
  conversation.settle(Infinity);
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
  const off = video.source === source;
  try {
    if (off) video.close();
    else await video.open(source);
  } catch (error) {
    video.close();
    notify(explain(error, source));
  }
  showVideo();
}

function showVideo() {
  $("preview").hidden = !video.source;
  for (const source of ["camera", "screen"]) $(source).setAttribute("aria-pressed", video.source === source);
}

function notify(text) {
  $("notice").textContent = text;
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
addEventListener("pagehide", () => page.link !== "closed" && session.close());

// ---- what is shown, once a frame

function stateNow() {
  if (page.link === "closed") return "idle";
  if (page.link !== "open") return page.link;
  const hears = performance.now() - page.micLoudAt < HOLD_MS;
  if (page.voice.playing) return hears ? "both" : "speaking";
  if (page.muted) return "muted";
  if (page.deaf) return "deaf";
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
  timeline.draw();
  requestAnimationFrame(show);
}

function setLevel(selector, level) {
  document.querySelector(selector).style.setProperty("--level", Math.min(1, Math.sqrt(level / 0.25)).toFixed(2));
}

if (!$("options").showPopover) $("settings").hidden = true;
requestAnimationFrame(show);
