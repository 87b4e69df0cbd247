/**
 * One Live session over WebSocket, with our extensions. Reconnects by itself and resumes where it was.
 *
 * `onEvent(event)` for every server event; `onLink(state)`: "connecting", "open", "reconnecting", "closed".
 */

const RETRY_MS = [300, 700, 1500, 3000];

export class Session {
  constructor({ onEvent, onLink }) {
    this.onEvent = onEvent;
    this.onLink = onLink;
    this.wanted = false;
  }

  connect() {
    this.wanted = true;
    this.token = null;
    this.received = 0;
    this.tries = 0;
    this.onLink("connecting");
    this.dial();
  }

  dial() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = (this.socket = new WebSocket(`${scheme}://${location.host}/v1/live/sessions?microturn=1`));
    this.ready = false;
    socket.onopen = () => (this.token ? this.resume() : this.start());
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  start() {
    this.token = null;
    const format = { type: "audio/pcm", rate: 24000 };
    this.raw({ type: "session.start", session: { model: "nano", audio: { format } } });
  }

  resume() {
    this.raw({ type: "microturn.resume", token: this.token, received: this.received });
  }

  receive(event) {
    if (event.type === "error" && event.error.code === "unknown_token") return this.start();
    if (event.type === "session.started") this.received = 0;
    this.received++;
    if (event.type === "microturn.session") this.token = event.token;
    if (event.type === "session.started" || event.type === "microturn.resumed") {
      this.ready = true;
      this.tries = 0;
      this.onLink("open");
    }
    if (event.type === "error" && event.error.code === "session_limit") this.wanted = false;
    if (event.type === "session.closed") this.wanted = false;
    this.onEvent(event);
  }

  lost() {
    this.ready = false;
    if (!this.wanted) return this.onLink("closed");
    this.onLink(this.token ? "reconnecting" : "connecting");
    setTimeout(() => this.wanted && this.dial(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  /** Sent only while the session is open: what cannot go now is not worth sending later. */
  send(event) {
    if (this.ready) this.raw(event);
  }

  raw(event) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(event));
  }

  close() {
    this.wanted = false;
    if (!this.ready) return (this.socket.close(), this.onLink("closed"));
    this.raw({ type: "session.close" });
  }
}
