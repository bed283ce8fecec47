// @ts-check
import { waitFor } from "./backoff.js";

/**
 * A socket that comes back by itself and says where the page stands.
 *
 * Events: `message` (detail: the parsed message), `state` (detail: {state, since}).
 * States: connecting, online, offline (trying again), and for good: sign-in (4401), forbidden (4403),
 * gone (4404), reload (4426 or {"reload": true}). 4408 (too slow) and everything else: try again from the cursor.
 *
 * @typedef {"connecting" | "online" | "offline" | "sign-in" | "forbidden" | "gone" | "reload"} LiveState
 */
const ENDS = new Map(/** @type {[number, LiveState][]} */ ([
  [4401, "sign-in"],
  [4403, "forbidden"],
  [4404, "gone"],
  [4426, "reload"],
]));
const ACK_EVERY_MS = 1000;
// A phone that slept this long may hold a socket that is dead without knowing it.
const STALE_AFTER_MS = 60_000;

export class LiveSocket extends EventTarget {
  /** @type {LiveState} */
  state = "connecting";
  /** When the page last heard from the server while connected. */
  since = new Date();
  /** The page's place in the journal: set by whoever applies the frames. */
  seq = 0;

  #address;
  #language;
  #WebSocket;
  #random;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ackTimer;
  #hiddenAt = 0;
  /** Characters after which this server wants a word; most see by themselves what has left, and want none. */
  #ackAfter = 0;
  /** Heard and not yet acknowledged. */
  #unsaid = 0;
  #spread;
  #listening = new AbortController();

  /**
   * @param {string} address absolute ws:// or wss:// address
   * @param {{seq: number, language: string, spread?: number, WebSocket?: typeof WebSocket,
   *          random?: () => number}} options   spread: seconds over which the pages that lost one server come back
   */
  constructor(address, { seq, language, spread, WebSocket = globalThis.WebSocket, random = Math.random }) {
    super();
    this.#address = address;
    this.#language = language;
    this.#WebSocket = WebSocket;
    this.#random = random;
    this.#spread = spread;
    this.seq = seq;
  }

  open() {
    const { signal } = this.#listening;
    globalThis.addEventListener?.("online", () => this.retry(), { signal });
    globalThis.document?.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    this.#connect();
  }

  /** Leaves for good; an object that was closed is not opened again. */
  close() {
    this.#listening.abort();
    this.#forget();
  }

  /** Tries at once instead of at the end of the wait. */
  retry() {
    if (this.state !== "offline") return;
    this.#attempt = 0;
    this.#connect();
  }

  /**
   * @param {unknown} message
   * @returns {boolean} false when there is no connection: nothing is queued, the caller keeps what it had
   */
  send(message) {
    if (this.state !== "online" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Says how far the page has come, where the server asked for it: after so much text and at most once a
   * second. Also where it has not moved: votes come without a new place, and a page that keeps silent looks to
   * such a server like one that reads nothing.
   */
  acknowledge() {
    if (!this.#ackAfter || this.#ackTimer !== undefined || this.#unsaid < this.#ackAfter) return;
    this.#unsaid = 0;
    this.#ackTimer = setTimeout(() => {
      this.#ackTimer = undefined;
      this.send({ seq: this.seq });
    }, ACK_EVERY_MS);
  }

  #connect() {
    this.#forget();
    this.#unsaid = this.#ackAfter = 0;
    const socket = new this.#WebSocket(this.#address);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#set("online");
      this.send({ seq: this.seq, lang: this.#language });
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
  }

  /** @param {string} data */
  #receive(data) {
    this.since = new Date();
    this.#unsaid += data.length;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      // Not ours (a proxy's page, half a message): a fresh connection catches up from the cursor.
      this.#socket?.close();
      return;
    }
    if (message?.reload === true) {
      this.#end("reload");
      return;
    }
    if (typeof message?.acks === "number") {
      this.#ackAfter = message.acks;
      return;
    }
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  /** @param {number} code */
  #closed(code) {
    const end = ENDS.get(code);
    if (end) {
      this.#end(end);
      return;
    }
    this.#forget();
    this.#set("offline");
    this.#retryTimer = setTimeout(() => this.#connect(), 1000 * waitFor(this.#attempt, this.#random, this.#spread));
    this.#attempt += 1;
  }

  /** @param {LiveState} state */
  #end(state) {
    this.#listening.abort();
    this.#forget();
    this.#set(state);
  }

  #visibility() {
    if (globalThis.document.hidden) {
      this.#hiddenAt = Date.now();
      return;
    }
    if (this.state === "online" && this.#hiddenAt && Date.now() - this.#hiddenAt > STALE_AFTER_MS) {
      this.#connect();
    } else {
      this.retry();
    }
  }

  /** Drops the socket without hearing of its end. */
  #forget() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** @param {LiveState} state */
  #set(state) {
    if (state === "online") this.since = new Date();
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, since: this.since } }));
  }
}
