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

function stopTracks(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * `onChunk(pcm, levels, atS)` every 40 ms; `onPlayback({playing, playedMs, level})` every 20 ms; `onBegan(atS)` when the
 * voice becomes audible after a silence; `onState(running)` when the browser or a call stops the sound, or gives it back;
 * `onMicrophone(state)`: "live", "muted" by the system, "lost".
 *
 * Whatever is awaited may have been closed or asked for anew meanwhile: `context` and `asked` tell.
 */
export class Audio {
  constructor(callbacks) {
    Object.assign(this, callbacks);
    this.context = this.asked = null;
  }

  /** Call from a click: browsers let a page make sound only then. Without a microphone the capture sends silence. */
  async open() {
    const context = (this.context = new AudioContext({ latencyHint: "interactive" }));
    await Promise.all(["capture", "playback"].map((name) => context.audioWorklet.addModule(`./${name}-worklet.js`)));
    if (this.context !== context) return;
    this.capture = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit" });
    this.playback = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.session = 0; // counts `reset`s: reports of an older session are not for us
    this.capture.port.onmessage = ({ data }) => this.context === context && this.onChunk(data.pcm, data.levels, data.atS);
    this.playback.port.onmessage = ({ data }) => this.context === context && data.session === this.session && this.report(data);
    this.capture.connect(context.destination); // silent: it only has to run
    this.playback.connect(context.destination);
    await context.resume();
    context.onstatechange = () => this.context === context && this.onState(context.state === "running");
  }

  report(data) {
    if (data.beganS !== undefined) this.onBegan(data.beganS);
    else this.onPlayback(data);
  }

  /** Throws the browser's error when there is no microphone or it is refused, unless nobody waits for it any more. */
  async listen(options) {
    this.deafen();
    const asked = (this.asked = Symbol());
    try {
      const microphone = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, ...options } });
      if (asked !== this.asked) return stopTracks(microphone);
      this.use(microphone);
    } catch (error) {
      if (asked === this.asked) throw error;
    }
  }

  use(microphone) {
    this.microphone = microphone;
    this.source = this.context.createMediaStreamSource(microphone);
    this.source.connect(this.capture);
    const [track] = microphone.getAudioTracks();
    const says = (state) => () => this.microphone === microphone && this.onMicrophone(state);
    track.onended = says("lost");
    track.onmute = says("muted");
    track.onunmute = says("live");
    this.onMicrophone("live");
  }

  deafen() {
    this.asked = null;
    this.source?.disconnect();
    stopTracks(this.microphone);
    this.source = this.microphone = null;
  }

  play(samples, startMs, endMs) {
    this.playback.port.postMessage({ samples, startMs, endMs }, [samples.buffer]);
  }

  clear() {
    this.playback?.port.postMessage({ clear: true });
  }

  /** Another session begins: nothing of the old one is played or reported any more. */
  reset() {
    this.playback?.port.postMessage({ session: ++this.session });
  }

  get running() {
    return this.context?.state === "running";
  }

  /** After the sound was stopped. Best from a click; browsers that refuse leave it stopped. */
  async resume() {
    await this.context?.resume().catch(() => {});
  }

  async close() {
    this.deafen();
    const { context } = this;
    this.context = this.playback = null;
    if (context) await context.close();
  }
}
