// @ts-check
/**
 * The claim on the open question: taken with its first open form, by hand or by being dealt, renewed while it lasts,
 * given back with the last form, or where it was taken by hand, with the card.
 */
const BEAT_MS = 20_000;
const [REFUSED, TAKEN_OVER] = [409, 423];

export class Lease {
  #address = "";
  #release = "";
  /** Taken by hand or dealt: closing a form doesn't end it. */
  #isKept = false;
  /** The server has said yes. */
  #isHeld = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** One after the other: giving back must never overtake a taking. @type {Promise<unknown>} */
  #sent = Promise.resolve();
  #refused;

  /**
   * @param {(html: string, isTakenOver: boolean) => void} refused gets the server's toast when the question can't
   *   be theirs, or is theirs no longer
   */
  constructor(refused) {
    this.#refused = refused;
    addEventListener("pagehide", () => {
      // keepalive: it must go out when the page is being closed, too.
      if (this.#address) post(this.#release, {}, { keepalive: true }).catch(() => {});
      this.#forget();
    });
  }

  /** Whether it outlives the form. */
  get isKept() {
    return this.#isKept;
  }

  /** @param {HTMLElement} card */
  take(card, { keep = false, over = false } = {}) {
    const address = card.dataset.claim ?? "";
    if (!address) return;
    if (address !== this.#address) {
      this.giveBack();
      this.#address = address;
      this.#release = card.dataset.release ?? "";
      this.#timer = setInterval(() => this.#beat(), BEAT_MS);
      this.#beat(over ? { take_over: "1" } : {});
    }
    this.#isKept ||= keep;
  }

  /** Another card is shown, or the same one anew. @param {HTMLElement | null} card @param {boolean} isFormOpen */
  turnTo(card, isFormOpen) {
    if (card?.dataset.claim !== this.#address) this.giveBack();
    else if (!isFormOpen) this.rest();
  }

  /** @param {HTMLElement | null} card */
  isOn(card) {
    return this.#address !== "" && card?.dataset.claim === this.#address;
  }

  /** No form of the card is open any more. */
  rest() {
    if (!this.#isKept) this.giveBack();
  }

  giveBack() {
    if (!this.#address) return;
    const address = this.#release;
    this.#forget();
    this.#sent = this.#sent.then(() => post(address).catch(() => {}));
  }

  /** Somebody else is said to hold it: true, or said before it was taken here. The server knows. */
  doubt() {
    if (this.#isHeld) this.#beat();
  }

  /** @param {Record<string, string>} [more] */
  #beat(more = {}) {
    const address = this.#address;
    this.#sent = this.#sent.then(async () => {
      if (address !== this.#address) return;
      const answer = await post(address, this.#isHeld ? { renew: "1" } : more).catch(() => null);
      if (address !== this.#address) return;
      if (answer?.ok) this.#isHeld = true;
      if (!answer || ![REFUSED, TAKEN_OVER].includes(answer.status)) return;
      this.#forget();
      this.#refused(await answer.text(), answer.status === TAKEN_OVER);
    });
  }

  #forget() {
    clearInterval(this.#timer);
    this.#address = "";
    this.#isKept = this.#isHeld = false;
  }
}

/**
 * @param {string} address
 * @param {Record<string, string>} [fields]
 * @param {RequestInit} [more]
 */
function post(address, fields = {}, more = {}) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const headers = { ...token, "HX-Request": "true" };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(fields), ...more });
}
