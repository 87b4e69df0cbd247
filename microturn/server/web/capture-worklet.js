/**
 * Microphone samples to int16 chunks of 40 ms at 24 kHz, {pcm, levels, atS}: `atS` is the context's time at the chunk's end.
 * Without a microphone it sends silence: time goes on.
 */

import { Resampler } from "./resample.js";

const WIRE_HZ = 24000;
const CHUNK = 960;
const BINS = 4; // levels per chunk, for the timeline

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, WIRE_HZ);
    this.chunk = new Float32Array(CHUNK);
    this.filled = 0;
  }

  process(inputs) {
    const heard = inputs[0]?.[0] ?? new Float32Array(128);
    for (const sample of this.resampler.push(heard)) {
      this.chunk[this.filled++] = sample;
      if (this.filled === CHUNK) this.send();
    }
    return true;
  }

  send() {
    const pcm = new Int16Array(CHUNK);
    const levels = new Float32Array(BINS);
    for (let i = 0; i < CHUNK; i++) {
      const sample = Math.max(-1, Math.min(1, this.chunk[i]));
      pcm[i] = Math.round(sample * 32767);
      levels[Math.floor((i * BINS) / CHUNK)] += (sample * sample * BINS) / CHUNK;
    }
    this.filled = 0;
    const atS = currentTime + 128 / sampleRate;
    this.port.postMessage({ pcm: pcm.buffer, levels: levels.map(Math.sqrt), atS }, [pcm.buffer]);
  }
}

registerProcessor("capture", Capture);
