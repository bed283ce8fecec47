// @ts-check
import { waitFor } from "../lib/backoff.js";

/**
 * Sends what is in the outbox, one question at a time, until each has its receipt or a final no.
 *
 * Events: `state` (detail: {id, state: "sending" | "waiting" | "held" | "accepted" | "refused", reason, field, ack}).
 * A lost answer says nothing about the question: it is sent again with the same id, by the other way (socket, HTTP).
 *
 * @typedef {import("./outbox.js").Item} Item
 * @typedef {{client_id: string, number: number, link: string, no: string, at: string}} Ack
 * @typedef {{client_id: string, code: string, message: string, field?: string, retry_s?: number}} Refused
 * @typedef {{ack?: Ack, refused?: Refused}} Answer
 */
const PATIENCE_MS = 12_000;
// Never in step with others who got the same "try again in N s".
const SPREAD_S = 2;

export class Sender extends EventTarget {
  #outbox;
  #overSocket;
  #overHttp;
  #random;
  #patience_ms;
  /** When each item may be tried again. @type {Map<string, number>} */
  #waits = new Map();
  /** @type {Map<string, number>} */
  #tries = new Map();
  /** @type {{id: string, resolve: (answer: Answer) => void, reject: (error: Error) => void} | null} */
  #asked = null;
  #isRunning = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{overSocket: (message: object) => boolean, overHttp: (item: Item) => Promise<Answer>,
   *          random?: () => number, patience_ms?: number}} ways
   */
  constructor(outbox, { overSocket, overHttp, random = Math.random, patience_ms = PATIENCE_MS }) {
    super();
    this.#outbox = outbox;
    this.#overSocket = overSocket;
    this.#overHttp = overHttp;
    this.#random = random;
    this.#patience_ms = patience_ms;
  }

  /** Something is new, or the connection is back: try what waits only for that. */
  wake() {
    this.#waits.clear();
    return this.#run();
  }

  /** @param {Answer & {error?: unknown}} answer what the socket said */
  hear(answer) {
    const asked = this.#asked;
    if (!asked) return;
    const id = answer.ack?.client_id ?? answer.refused?.client_id;
    if (id === asked.id) asked.resolve(answer);
    else if (answer.error) asked.reject(new Error("The socket did not understand."));
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #run() {
    clearTimeout(this.#timer);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let item = this.#next(); item; item = this.#next()) await this.#try(item);
    } finally {
      this.#isRunning = false;
    }
    const times = this.#outbox.due.map((item) => this.#waits.get(item.id) ?? 0);
    if (times.length) this.#timer = setTimeout(() => this.#run(), Math.max(0, Math.min(...times) - performance.now()));
  }

  #next() {
    return this.#outbox.due.find((item) => (this.#waits.get(item.id) ?? 0) <= performance.now());
  }

  /** @param {Item} item */
  async #try(item) {
    const tries = this.#tries.get(item.id) ?? 0;
    this.#tries.set(item.id, tries + 1);
    this.#tell(item.id, "sending");
    let answer;
    try {
      answer = await this.#ask(item, tries);
    } catch {
      this.#later(item.id, 1 + waitFor(tries, this.#random), "");
      return;
    }
    if (answer.ack) {
      this.#outbox.remove(item.id);
      this.#tell(item.id, "accepted", { ack: answer.ack, item });
    } else if (answer.refused?.code === "paused") {
      this.#outbox.hold(item.id, true);
      this.#tell(item.id, "held");
    } else if (answer.refused?.retry_s) {
      const { retry_s, message } = answer.refused;
      this.#later(item.id, retry_s + SPREAD_S * this.#random(), message);
    } else if (answer.refused) {
      const { message, field } = answer.refused;
      this.#outbox.refuse(item.id, message, field);
      this.#tell(item.id, "refused", { reason: message, field });
    } else {
      this.#later(item.id, 1 + waitFor(tries, this.#random), "");
    }
  }

  /** @param {Item} item @param {number} tries @returns {Promise<Answer>} */
  #ask(item, tries) {
    // Every other try goes the other way: a socket may be open and dead.
    const bySocket = tries % 2 === 0 && this.#overSocket({ ask: { client_id: item.id, ...item.fields } });
    if (!bySocket) return this.#overHttp(item);
    return new Promise((resolve, reject) => {
      const end = (/** @type {() => void} */ how) => {
        clearTimeout(timer);
        this.#asked = null;
        how();
      };
      const timer = setTimeout(() => end(() => reject(new Error("No answer."))), this.#patience_ms);
      this.#asked = {
        id: item.id,
        resolve: (answer) => end(() => resolve(answer)),
        reject: (error) => end(() => reject(error)),
      };
    });
  }

  /** @param {string} id @param {number} wait_s @param {string} reason */
  #later(id, wait_s, reason) {
    this.#waits.set(id, performance.now() + 1000 * wait_s);
    this.#tell(id, "waiting", { reason });
  }

  /** @param {string} id @param {string} state @param {object} [more] */
  #tell(id, state, more = {}) {
    this.dispatchEvent(new CustomEvent("state", { detail: { id, state, ...more } }));
  }
}
