/**
 * How long the model takes to answer: from the user's last sound to the first audible sample of its voice.
 *
 * Both are times of the one AudioContext: the user's as the samples enter the page, the model's as they leave it (block
 * by block, 3 ms). What the sound card adds on either side is not in it. Tests read `window.microturn.answers`.
 */

export const LOUD = 0.02; // rms of 10 ms above which the user counts as making sound
const BIN_S = 0.01;
const ANSWER_S = 3; // what comes later is a cue or a timer, not an answer
const KEEP = 100;

export class Latency {
  /** {userEndedS, beganS, ms}, oldest first. What begins while the user makes sound is no answer. */
  answers = [];
  userEndedS = null; // since the last answer
  beganS = null; // the voice's beginning, until the microphone has caught up with it

  /** The microphone's levels, in bins of 10 ms of which the last ends at `atS`. Returns an answer that this completes. */
  hear(levels, atS) {
    levels.forEach((level, i) => {
      if (level > LOUD) this.userEndedS = atS - (levels.length - 1 - i) * BIN_S;
    });
    return this.beganS !== null && atS >= this.beganS ? this.judge() : null;
  }

  begin(atS) {
    this.beganS = atS;
  }

  judge() {
    const { userEndedS, beganS } = this;
    this.beganS = null;
    if (userEndedS === null || userEndedS > beganS) return null;
    this.userEndedS = null;
    if (beganS - userEndedS > ANSWER_S) return null;
    const answer = { userEndedS, beganS, ms: (beganS - userEndedS) * 1000 };
    this.answers.push(answer);
    if (this.answers.length > KEEP) this.answers.shift();
    return answer;
  }

  reset() {
    this.answers.length = 0;
    this.userEndedS = this.beganS = null;
  }
}
