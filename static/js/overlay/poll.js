// @ts-check
const PATIENCE_MS = 3000;
const EVERY_MS = 2000;

/** Asks by HTTP while the socket is away: some networks let no socket through. */
export class Poll {
  #url;
  #receive;
  #gone;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #runs = false;

  /**
   * @param {string} url
   * @param {(frames: object[]) => void} receive
   * @param {() => void} gone
   */
  constructor(url, receive, gone) {
    this.#url = url;
    this.#receive = receive;
    this.#gone = gone;
  }

  start() {
    if (this.#runs) return;
    this.#runs = true;
    this.#timer = setTimeout(this.#ask, PATIENCE_MS);
  }

  stop() {
    this.#runs = false;
    clearTimeout(this.#timer);
  }

  #ask = async () => {
    try {
      const response = await fetch(this.#url, { cache: "no-store" });
      if (!this.#runs) return;
      if (response.status === 410) {
        this.#gone();
        return;
      }
      if (response.ok) this.#receive((await response.json()).frames);
    } catch {
      // No network at all: the last question stays in the picture, as it should.
    }
    if (this.#runs) this.#timer = setTimeout(this.#ask, EVERY_MS);
  };
}
