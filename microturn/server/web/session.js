/**
 * One Live session over WebSocket, with our extensions. Notices a dead connection, reconnects by itself and resumes.
 *
 * `onEvent(event)` for every server event. `onLink(link, why)`: "connecting", "open", "reconnecting", "closed"; `why` it
 * closed is a sentence for the person, empty if they asked for it. `onAnew()`: the server has lost the conversation, a
 * new one begins and its time is zero.
 */

import { ENDED, GONE, UNREACHABLE } from "./sentences.js";

const RETRY_MS = [300, 700, 1500, 3000];
const DIAL_MS = 8000; // from dialling to an answer, and from that to the first tick
const SILENCE_MS = 2000; // ticks come every 200 ms: without one for so long, the connection is dead
const ASLEEP_MS = 500; // a timer this late means that the page itself stood still
const CONNECT_MS = 10_000; // before giving up on a server that never answered
const STALE_MS = 1000; // missed voice older than this is not played any more
const GOODBYE_MS = 1000;

export class Session {
  constructor({ onEvent, onLink, onAnew }) {
    Object.assign(this, { onEvent, onLink, onAnew });
    this.socket = null;
    this.ready = false;
  }

  connect() {
    this.token = this.missed = null;
    this.tries = 0;
    this.onLink("connecting", "");
    this.bePatient();
    this.dial();
  }

  dial() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = (this.socket = new WebSocket(`${scheme}://${location.host}/v1/live/sessions?microturn=1`));
    socket.onopen = () => (this.token ? this.resume() : this.start());
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    socket.onclose = () => this.lost();
    this.expect(DIAL_MS);
  }

  start() {
    const format = { type: "audio/pcm", rate: 24000 };
    this.raw({ type: "session.start", session: { model: "nano", audio: { format } } });
  }

  resume() {
    this.missed ??= []; // kept until the server says how far it is
    this.raw({ type: "microturn.resume", token: this.token, received: this.received });
  }

  // ---- what comes

  receive(event) {
    if (event.type === "error" && event.error.code === "unknown_token") return this.startAnew();
    if (event.type === "error" && !this.ready && !this.missed) return this.finish(event.error.message);
    if (event.type === "session.started") this.received = 0;
    this.received++;
    if (event.type === "microturn.session") Object.assign(this, { token: event.token, resumeMs: event.resume_s * 1000 });
    if (event.type === "microturn.tick") this.expect(SILENCE_MS);
    if (event.type === "microturn.resumed") this.catchUp(event.at_ms);
    if (event.type === "session.started" || event.type === "microturn.resumed") this.opened();
    if (this.missed) return this.missed.push(event);
    this.onEvent(event);
    if (event.type === "session.closed") this.finish(ENDED[event.reason] ?? ENDED.connection_lost);
    if (event.type === "error" && event.error.code === "engine_failed") this.finish(event.error.message);
  }

  opened() {
    clearTimeout(this.patience);
    this.patience = null;
    this.ready = true;
    this.tries = 0;
    this.expect(DIAL_MS);
    this.onLink("open", "");
  }

  startAnew() {
    this.token = this.missed = null;
    this.onAnew();
    this.start();
  }

  /** All that was missed, but for the voice that nobody wants to hear now. */
  catchUp(atMs) {
    const missed = this.missed ?? [];
    this.missed = null;
    const stale = (event) => event.type === "session.output_audio.delta" && event.end_ms < atMs - STALE_MS;
    for (const event of missed) if (!stale(event)) this.onEvent(event);
  }

  // ---- the connection

  /** It counts as dead unless this is called again within `ms`. */
  expect(ms) {
    clearTimeout(this.watchdog);
    const due = performance.now() + ms;
    this.watchdog = setTimeout(() => (performance.now() - due > ASLEEP_MS ? this.expect(ASLEEP_MS) : this.lost()), ms);
  }

  bePatient() {
    const [ms, why] = this.token ? [this.resumeMs, GONE] : [CONNECT_MS, UNREACHABLE];
    this.patience ??= setTimeout(() => this.finish(why), ms);
  }

  lost() {
    this.letGo()?.close();
    this.bePatient();
    this.onLink(this.token ? "reconnecting" : "connecting", "");
    this.retry = setTimeout(() => this.dial(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  /** The socket, of which nothing reaches us any more. */
  letGo() {
    const { socket } = this;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    this.socket = null;
    this.ready = false;
    return socket;
  }

  finish(why) {
    this.letGo()?.close();
    clearTimeout(this.patience);
    this.patience = null;
    this.onLink("closed", why);
  }

  /** The person ends it: at once here, and the server has a second to say goodbye. */
  close() {
    if (this.ready) {
      this.raw({ type: "session.close" });
      const socket = this.letGo();
      setTimeout(() => socket.close(), GOODBYE_MS);
    }
    this.finish("");
  }

  /** Sent only while the session is open: what cannot go now is not worth sending later. */
  send(event) {
    if (this.ready) this.raw(event);
  }

  raw(event) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(event));
  }
}
