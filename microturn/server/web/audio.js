/** The microphone and the loudspeaker, both as 24 kHz int16 on the wire, in one AudioContext. */

export function toBase64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

export function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32768);
}

/** A sentence for the person in front of the page: why there is no microphone (or camera), and what still works. */
export function explain(error, thing = "microphone") {
  const still = thing === "microphone" ? " You can still type, show your camera, and listen." : " The conversation goes on.";
  if (!navigator.mediaDevices) return `The ${thing} needs HTTPS or localhost: open this page at such an address.${still}`;
  if (error.name === "NotAllowedError")
    return `The browser was not allowed to use the ${thing}. Allow it in the address bar and try again.${still}`;
  if (error.name === "NotFoundError") return `No ${thing} was found. Plug one in and try again.${still}`;
  if (error.name === "NotReadableError") return `Another program is using the ${thing}. Close it and try again.${still}`;
  return `The ${thing} did not start (${error.message}).${still}`;
}

export class Audio {
  /** `onChunk(pcm, levels)` every 40 ms; `onPlayback({playing, playedMs, level})` every 20 ms. */
  constructor({ onChunk, onPlayback }) {
    this.onChunk = onChunk;
    this.onPlayback = onPlayback;
  }

  /** Call from a click: browsers let a page make sound only then. Without a microphone the capture sends silence. */
  async open() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    await Promise.all(["capture", "playback"].map((name) => this.context.audioWorklet.addModule(`./${name}-worklet.js`)));
    this.capture = new AudioWorkletNode(this.context, "capture", { channelCount: 1, channelCountMode: "explicit" });
    this.playback = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.capture.port.onmessage = ({ data }) => this.onChunk(data.pcm, data.levels);
    this.playback.port.onmessage = ({ data }) => this.onPlayback(data);
    this.capture.connect(this.context.destination); // silent: it only has to run
    this.playback.connect(this.context.destination);
    await this.context.resume();
  }

  /** Throws the browser's error when there is no microphone or it is refused. */
  async listen(options) {
    this.deafen();
    const audio = { channelCount: 1, ...options };
    this.microphone = await navigator.mediaDevices.getUserMedia({ audio });
    this.source = this.context.createMediaStreamSource(this.microphone);
    this.source.connect(this.capture);
  }

  deafen() {
    this.source?.disconnect();
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.source = this.microphone = null;
  }

  play(samples, startMs, endMs) {
    this.playback.port.postMessage({ samples, startMs, endMs }, [samples.buffer]);
  }

  clear() {
    this.playback.port.postMessage({ clear: true });
  }

  async close() {
    this.deafen();
    await this.context?.close();
    this.context = null;
  }
}
