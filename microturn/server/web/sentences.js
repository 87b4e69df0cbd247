/** What the page says to the person in front of it. */

/** Headline and hint of every state. */
export const STATES = {
  idle: ["Ready when you are", "It listens, watches and speaks at the same time. Interrupt it whenever you like."],
  connecting: ["Connecting…", "One moment."],
  reconnecting: ["Reconnecting…", "The connection dropped; the conversation is kept for a while."],
  listening: ["Listening", "Speak, pause, think aloud. It waits until you are done."],
  hearing: ["Listening", "It hears you."],
  speaking: ["Speaking", "Interrupt it whenever you like."],
  both: ["Both at once", "It listens while it speaks."],
  muted: ["Muted", "It cannot hear you. It can still speak, watch and read."],
  deaf: ["No microphone", "Type to it, or show it something."],
  hushed: ["Microphone taken", "A call or another program has it. It comes back by itself."],
  paused: ["Paused", "The sound has stopped. Go on when you are back."],
};

/** Why the server closed the session. */
export const ENDED = {
  close_requested: "",
  expired: "The session's time was up. Start another whenever you like.",
  remote_hangup: "The server was stopped, so the conversation has ended.",
  connection_lost: "The session failed on the server. Start another.",
};

export const UNREACHABLE = "The server does not answer. See that it is running, then start again.";
export const GONE = "The connection did not come back in time, so the conversation has ended. Start another when the server answers.";
export const ANEW = "The server no longer has the old conversation. This is a new one.";
export const PAUSED = "The sound has stopped: a call, or another program, has taken it.";
export const UNPLUGGED = "The microphone is gone: unplugged, or taken by the browser. You can still type, show your camera, and listen.";
export const INSECURE = `Browsers give a page at a plain http:// address neither microphone nor sound. Open it over https (microturn serve --ssl-certfile), or on the computer that serves it at http://localhost${location.port && `:${location.port}`}/.`;

/** Why there is no microphone (or camera, or screen), and what still works. */
export function explain(error, thing = "microphone") {
  const still = thing === "microphone" ? " You can still type, show your camera, and listen." : " The conversation goes on.";
  if (error.name === "NotAllowedError")
    return `The browser was not allowed to use the ${thing}. Allow it in the address bar and try again.${still}`;
  if (error.name === "NotFoundError") return `No ${thing} was found. Plug one in and try again.${still}`;
  if (error.name === "NotReadableError") return `Another program is using the ${thing}. Close it and try again.${still}`;
  return `The ${thing} did not start (${error.message}).${still}`;
}
