/** Streaming sample-rate conversion between any two rates: a windowed sinc read from a table. */

const ZEROS = 16; // zero crossings of the sinc on each side
const STEPS = 256; // table entries per zero crossing

const TABLE = Float32Array.from({ length: ZEROS * STEPS + 2 }, (_, i) => {
  const x = i / STEPS;
  if (x >= ZEROS) return 0;
  const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / ZEROS) + 0.08 * Math.cos((2 * Math.PI * x) / ZEROS);
  return x === 0 ? 1 : (window * Math.sin(Math.PI * x)) / (Math.PI * x);
});

export class Resampler {
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz;
    this.cutoff = 0.95 * Math.min(1, toHz / fromHz);
    this.half = Math.ceil(ZEROS / this.cutoff);
    this.reset();
  }

  reset() {
    this.line = new Float32Array(this.half); // silence before the first sample
    this.at = this.half; // where in `line` the next output sample lies
  }

  /** Float32Array in; the output samples it completes out. Holds back about 1 ms. */
  push(samples) {
    if (this.step === 1) return samples;
    const line = new Float32Array(this.line.length + samples.length);
    line.set(this.line);
    line.set(samples, this.line.length);
    const out = new Float32Array(Math.max(0, Math.ceil((line.length - this.half - this.at) / this.step)));
    for (let i = 0; i < out.length; i++, this.at += this.step) out[i] = this.read(line, this.at);
    const drop = Math.max(0, Math.floor(this.at) - this.half);
    this.line = line.subarray(drop);
    this.at -= drop;
    return out;
  }

  read(line, at) {
    let sum = 0;
    const last = Math.min(line.length - 1, Math.floor(at + this.half));
    for (let n = Math.max(0, Math.ceil(at - this.half)); n <= last; n++) {
      const x = Math.abs(at - n) * this.cutoff * STEPS;
      if (x >= ZEROS * STEPS) continue;
      const i = x | 0;
      sum += line[n] * (TABLE[i] + (TABLE[i + 1] - TABLE[i]) * (x - i));
    }
    return sum * this.cutoff;
  }
}
