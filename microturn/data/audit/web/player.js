// Both sides on one clock: play, pause, seek. Without sound the clock runs alone, so that sessions can still be watched.

export class Player {
  constructor() {
    this.context = null;
    this.gains = {};
    this.sources = [];
    this.on = { user: true, model: true };
    this.load(0, {});
  }

  /** A session of so many ms; `buffers` are AudioBuffers by side, none where no sound was kept. */
  load(durationMs, buffers) {
    this.pause();
    this.durationMs = durationMs;
    this.buffers = buffers;
    this.atMs = 0;
  }

  get playing() {
    return this.sources.length > 0 || this.silentSince !== null;
  }

  get nowMs() {
    if (this.silentSince !== null) return Math.min(this.durationMs, this.atMs + performance.now() - this.silentSince);
    if (!this.sources.length) return this.atMs;
    const late = this.context.outputLatency || 0;
    const passed = (this.context.currentTime - this.startedS - late) * 1000;
    return Math.min(this.durationMs, this.atMs + Math.max(0, passed));
  }

  play() {
    if (this.playing) return;
    if (this.nowMs >= this.durationMs - 1) this.atMs = 0;
    const sides = Object.keys(this.buffers);
    if (!sides.length) {
      this.silentSince = performance.now();
      return;
    }
    this.open();
    this.context.resume();
    this.startedS = this.context.currentTime + 0.03;
    for (const side of sides) {
      const source = this.context.createBufferSource();
      source.buffer = this.buffers[side];
      source.connect(this.gains[side]);
      source.start(this.startedS, this.atMs / 1000);
      this.sources.push(source);
    }
  }

  pause() {
    if (this.durationMs !== undefined) this.atMs = this.nowMs;
    this.silentSince = null;
    for (const source of this.sources) {
      source.stop();
      source.disconnect();
    }
    this.sources = [];
  }

  seek(ms) {
    const playing = this.playing;
    this.pause();
    this.atMs = Math.max(0, Math.min(ms, this.durationMs));
    if (playing) this.play();
  }

  hear(side, on) {
    this.on[side] = on;
    if (this.gains[side]) this.gains[side].gain.value = on ? 1 : 0;
  }

  open() {
    if (this.context) return this.context;
    this.context = new AudioContext();
    for (const [side, pan] of [["user", -0.25], ["model", 0.25]]) {
      const gain = this.context.createGain();
      const place = this.context.createStereoPanner();
      gain.gain.value = this.on[side] ? 1 : 0;
      place.pan.value = pan;
      gain.connect(place).connect(this.context.destination);
      this.gains[side] = gain;
    }
    return this.context;
  }
}

/** The WAV file at `url` as an AudioBuffer. */
export async function soundOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  return new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
}

/** The loudest sample of every `stepMs`, as Float32Array. */
export function peaksOf(buffer, stepMs) {
  const samples = buffer.getChannelData(0);
  const size = Math.round((buffer.sampleRate * stepMs) / 1000);
  const peaks = new Float32Array(Math.ceil(samples.length / size));
  for (let i = 0; i < samples.length; i++) {
    const k = (i / size) | 0;
    const level = Math.abs(samples[i]);
    if (level > peaks[k]) peaks[k] = level;
  }
  return peaks;
}
