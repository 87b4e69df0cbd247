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
    this.source = null;
  }

  /** `source` is "camera" or "screen". Throws the browser's error when that is refused or missing. */
  async open(source) {
    this.close();
    const devices = navigator.mediaDevices;
    this.stream =
      source === "camera"
        ? await devices.getUserMedia({ video: { width: 640, height: 480, facingMode: "user" } })
        : await devices.getDisplayMedia({ video: { frameRate: 5 } });
    this.source = source;
    this.stream.getVideoTracks()[0].onended = () => (this.close(), this.onEnd());
    this.preview.srcObject = this.stream;
    await this.preview.play();
    this.timer = setInterval(() => this.grab(), EVERY_MS);
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
    this.preview.srcObject = this.stream = this.source = null;
  }
}
