// @ts-check
/** The claim on the open question while a form of it is open: taken, renewed, given back. */
const BEAT_MS = 20_000;

export class Lease {
  #address = "";
  #release = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #refused;

  /** @param {(html: string) => void} refused gets the server's toast when a colleague holds the question */
  constructor(refused) {
    this.#refused = refused;
    addEventListener("pagehide", () => this.giveBack());
  }

  /** @param {HTMLElement} card */
  take(card) {
    const address = card.dataset.claim ?? "";
    if (!address || address === this.#address) return;
    this.giveBack();
    this.#address = address;
    this.#release = card.dataset.release ?? "";
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#beat();
  }

  giveBack() {
    if (!this.#address) return;
    clearInterval(this.#timer);
    this.#address = "";
    // keepalive: it must go out when the page is being closed, too.
    post(this.#release, { keepalive: true }).catch(() => {});
  }

  async #beat() {
    const address = this.#address;
    const answer = await post(address).catch(() => null);
    if (answer?.status !== 409 || address !== this.#address) return;
    clearInterval(this.#timer);
    this.#address = "";
    this.#refused(await answer.text());
  }
}

/**
 * @param {string} address
 * @param {RequestInit} [more]
 */
function post(address, more = {}) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return fetch(address, { method: "POST", headers: { ...token, "HX-Request": "true" }, ...more });
}
