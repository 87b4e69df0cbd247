/**
 * The model's voice: a queue of chunks, each with its place in session time.
 *
 * In: {samples, startMs, endMs} at 24 kHz; {clear: true}, which drops the queue at once (8 ms fade); {session: n}, which
 * begins another session, whose time is zero. Out, with the session: every 20 ms {playing, level, playedMs, underruns};
 * and {beganS}, the context's time, when the voice becomes audible after a silence. A chunk that starts speech waits
 * `preroll` so that the next ones may be a little late; every gap inside speech makes that a little longer. No more than
 * a second waits: after a stall the oldest is dropped, or all that follows would come too late.
 */

import { Resampler } from "./resample.js";

const WIRE_HZ = 24000;
const REPORT_S = 0.02;
const FADE_S = 0.008;
const PREROLL_S = { first: 0.06, more: 0.03, most: 0.2 };
const MOST_WAITING_S = 1;
const AUDIBLE = 10 ** (-45 / 20); // rms of a block; microturn.bench.audible counts the same
const SILENCE_S = 0.3; // shorter pauses are inside speech

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(WIRE_HZ, sampleRate);
    this.preroll = PREROLL_S.first;
    this.underruns = 0;
    this.power = 0;
    this.count = 0;
    this.begin(0);
    this.port.onmessage = ({ data }) => this.obey(data);
  }

  obey(data) {
    if (data.session !== undefined) this.begin(data.session);
    else if (data.clear) this.clear();
    else this.append(data);
  }

  begin(session) {
    this.session = session;
    this.queue = []; // {samples, read, startMs, endMs}
    this.startAt = 0;
    this.emptySince = -Infinity;
    this.audibleAt = -Infinity;
    this.playedMs = 0;
    this.nextMs = 0;
  }

  append({ samples, startMs, endMs }) {
    if (!this.queue.length) this.beginSpeech(startMs);
    this.queue.push({ samples: this.resampler.push(samples), read: 0, startMs, endMs });
    this.nextMs = endMs;
    this.dropStale();
  }

  beginSpeech(startMs) {
    const gap = startMs <= this.nextMs + 1 && currentTime - this.emptySince < 0.3;
    if (gap) {
      this.underruns++;
      this.preroll = Math.min(PREROLL_S.most, this.preroll + PREROLL_S.more);
    } else this.resampler.reset();
    this.startAt = currentTime + this.preroll;
  }

  dropStale() {
    let waiting = this.queue.reduce((sum, chunk) => sum + chunk.samples.length - chunk.read, 0);
    while (this.queue.length > 1 && waiting > MOST_WAITING_S * sampleRate) {
      const old = this.queue.shift();
      waiting -= old.samples.length - old.read;
    }
  }

  clear() {
    const tail = new Float32Array(Math.round(FADE_S * sampleRate));
    const now = this.queue[0];
    if (now && currentTime >= this.startAt) {
      for (let i = 0; i < tail.length; i++) tail[i] = (now.samples[now.read + i] ?? 0) * (1 - i / tail.length);
      this.queue = [{ samples: tail, read: 0, startMs: this.playedMs, endMs: this.playedMs }];
    } else this.queue = [];
    this.nextMs = -1;
  }

  process(_, [[out]]) {
    const speaking = this.queue.length > 0 && currentTime >= this.startAt;
    for (let i = 0; speaking && i < out.length && this.queue.length; i++) out[i] = this.take();
    let power = 0;
    for (const sample of out) power += sample * sample;
    if (Math.sqrt(power / out.length) > AUDIBLE) this.sound();
    this.power += power;
    this.count += out.length;
    if (this.count >= REPORT_S * sampleRate) this.report(speaking);
    return true;
  }

  sound() {
    if (currentTime - this.audibleAt > SILENCE_S) this.port.postMessage({ session: this.session, beganS: currentTime });
    this.audibleAt = currentTime;
  }

  take() {
    const chunk = this.queue[0];
    const sample = chunk.samples[chunk.read++] ?? 0;
    const done = Math.min(1, chunk.read / chunk.samples.length);
    this.playedMs = Math.max(this.playedMs, chunk.startMs + done * (chunk.endMs - chunk.startMs));
    if (chunk.read >= chunk.samples.length) {
      this.queue.shift();
      this.emptySince = currentTime;
    }
    return sample;
  }

  report(playing) {
    const { session, playedMs, underruns } = this;
    this.port.postMessage({ session, playing, playedMs, underruns, level: Math.sqrt(this.power / this.count) });
    this.power = this.count = 0;
  }
}

registerProcessor("playback", Playback);
