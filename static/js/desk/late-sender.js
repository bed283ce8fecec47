// @ts-check
import { waitFor } from "../lib/backoff.js";

/**
 * Sends what waits, one after the other in the order in which they were made. A connection that is away
 * again ends the round; it is tried later. Who is no longer signed in keeps everything.
 *
 * Events: `changed` (something was taken, refused, or the round is over; detail: {done?, end?}).
 *
 * @typedef {import("./late.js").Late} Late
 * @typedef {import("./late.js").Item} Item
 * @typedef {import("./late.js").Answer} Answer
 */
export class LateSender extends EventTarget {
  #late;
  #post;
  #random;
  #round = Promise.resolve();
  #isAwake = false;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Late} late
   * @param {(item: Item) => Promise<Answer>} post rejects where the server can't be reached
   * @param {() => number} [random]
   */
  constructor(late, post, random = Math.random) {
    super();
    this.#late = late;
    this.#post = post;
    this.#random = random;
  }

  /** @returns {Promise<void>} when this round is over */
  wake() {
    clearTimeout(this.#timer);
    if (!this.#isAwake && this.#late.due.length) {
      this.#isAwake = true;
      this.#round = this.#alone(() => this.#send()).finally(() => {
        this.#isAwake = false;
      });
    }
    return this.#round;
  }

  async #send() {
    for (let item = this.#late.due[0]; item; item = this.#late.due[0]) {
      let answer;
      try {
        answer = await this.#post(item);
      } catch {
        this.#timer = setTimeout(() => void this.wake(), 1000 * (1 + waitFor(this.#attempt, this.#random)));
        this.#attempt += 1;
        return;
      }
      this.#attempt = 0;
      if (answer.end) {
        this.#tell({ end: answer.end });
        return;
      }
      if (answer.refused) this.#late.refuse(item.key, answer.refused);
      else this.#done(item, answer.done);
      this.#tell({ done: answer.done });
    }
  }

  /** @param {Item} item @param {Answer["done"]} done */
  #done(item, done) {
    if (done) this.#late.follow(item, done.version);
    this.#late.drop(item.key);
  }

  /** Of several tabs of one person only one sends at a time. @param {() => Promise<void>} work */
  async #alone(work) {
    const { locks } = globalThis.navigator ?? {};
    return locks ? locks.request("liveqa.desk.late", work) : work();
  }

  /** @param {object} detail */
  #tell(detail) {
    this.dispatchEvent(new CustomEvent("changed", { detail }));
  }
}
