// A session as the page draws it: events by channel, spectrograms, waveforms, pictures.

import { peaksOf, soundOf } from "./player.js";

export const STEP_MS = 10; // of a waveform
export const WINDOWS = ["expect", "quiet", "keep", "interrupt", "pause"];

export async function loadSession(shard, index) {
  const base = `api/shards/${encodeURIComponent(shard)}/sessions/${index}`;
  const response = await fetch(base);
  if (!response.ok) throw new Error((await response.text()) || `session ${index}: ${response.status}`);
  const told = await response.json();
  const [levels, voice, picture, ...sounds] = await Promise.all([
    octets(`${base}/levels`),
    octets(`${base}/voice`),
    told.frames.length ? pictureOf(`${base}/frames.jpg`) : null,
    ...told.sides.map((side) => soundOf(`${base}/${side}.wav`)),
  ]);
  const bySide = (of) => Object.fromEntries(told.sides.map((side, number) => [side, of(sounds[number])]));
  return {
    ...told,
    ...channels(told.events),
    levels_of: told.levels,
    picture,
    levels: { user: levels, model: voice },
    buffers: bySide((sound) => sound),
    peaks: bySide((sound) => peaksOf(sound, STEP_MS)),
  };
}

function channels(events) {
  const spans = events.filter((e) => e.type === "Span");
  const words = (channel) => events.filter((e) => e.type === "Word" && e.channel === channel);
  const heard = words("heard");
  return {
    userWords: heard.filter((e) => e.until_ms > e.at_ms),
    heard: written(heard),
    typed: events.filter((e) => e.type === "Text"),
    others: spans.filter((e) => e.kind === "word" && e.who === "other"),
    said: words("say"),
    notes: events.filter((e) => e.type === "Do"),
    clears: events.filter((e) => e.type === "Clear"),
    holes: events.filter((e) => e.type === "Missing"),
    windows: spans.filter((e) => WINDOWS.includes(e.kind)),
    acts: spans.filter((e) => e.kind === "act"),
  };
}

/** What the model writes of the user's words, one text for each tick: a word is written 60 ms after its end. */
function written(heard) {
  const ticks = new Map();
  for (const word of heard) {
    const ms = Math.floor((word.until_ms + 60) / 200) * 200;
    const before = ticks.get(ms);
    ticks.set(ms, before ? { ...before, text: `${before.text} ${word.text}`, until_ms: word.until_ms } : { ...word, written_ms: ms });
  }
  return [...ticks.values()].sort((a, b) => a.written_ms - b.written_ms);
}

async function octets(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function pictureOf(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error(`${url} is no picture`));
    image.src = url;
  });
}

const BINS = 80;

/** Octets of 80 bins a frame as a picture of one colour, low bins below, from the softest value that there is to the loudest. */
export function spectrogram(values, colour) {
  const frames = values.length / BINS;
  const sheet = new OffscreenCanvas(Math.max(frames, 1), BINS);
  const pen = sheet.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  const image = pen.createImageData(Math.max(frames, 1), BINS);
  let [floor, full] = [255, 0];
  for (const value of values) {
    if (value < floor) floor = value;
    if (value > full) full = value;
  }
  for (let f = 0; f < frames; f++) {
    for (let m = 0; m < BINS; m++) {
      const at = ((BINS - 1 - m) * frames + f) * 4;
      const level = (values[f * BINS + m] - floor) / (full - floor || 1);
      image.data.set([r, g, b, 255 * Math.min(1, level * level * 1.5)], at);
    }
  }
  pen.putImageData(image, 0, 0);
  return sheet;
}
