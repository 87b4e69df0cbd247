/** Camera or screen as small JPEGs, five a second. */

const EVERY_MS = 200;
const SIDE = 160;

export class Video {
  /** `onFrame(base64, source)` five times a second; `onEnd()` when the person stops sharing in the browser's own bar. */
  constructor(preview, { onFrame, onEnd }) {
    this.preview = preview;
    this.onFrame = onFrame;
    this.onEnd = onEnd;
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.canvas.height = SIDE;
    this.source = this.asked = null;
  }

  /** `source` is "camera" or "screen". Throws the browser's error when that is refused or missing and still wanted. */
  async open(source) {
    this.close();
    const asked = (this.asked = Symbol());
    try {
      const stream = await this.ask(source);
      if (asked !== this.asked) return stream.getTracks().forEach((track) => track.stop());
      Object.assign(this, { stream, source });
      stream.getVideoTracks()[0].onended = () => asked === this.asked && (this.close(), this.onEnd());
      this.preview.srcObject = stream;
      await this.preview.play();
      if (asked === this.asked) this.timer = setInterval(() => this.grab(), EVERY_MS);
    } catch (error) {
      if (asked !== this.asked) return;
      this.close();
      throw error;
    }
  }

  ask(source) {
    const devices = navigator.mediaDevices;
    if (source === "screen") return devices.getDisplayMedia({ video: { frameRate: 5 } });
    return devices.getUserMedia({ video: { width: 640, height: 480, facingMode: "user" } });
  }

  /** The camera is cropped to a square, the screen is fitted into one. */
  grab() {
    const { videoWidth: width, videoHeight: height } = this.preview;
    if (!width) return;
    const pen = this.canvas.getContext("2d");
    const fit = this.source === "camera" ? Math.max : Math.min;
    const scale = fit(SIDE / width, SIDE / height);
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.drawImage(this.preview, (SIDE - width * scale) / 2, (SIDE - height * scale) / 2, width * scale, height * scale);
    this.onFrame(this.canvas.toDataURL("image/jpeg", 0.8).split(",")[1], this.source);
  }

  close() {
    clearInterval(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.preview.srcObject = this.stream = this.source = this.asked = null;
  }
}
