// @ts-check
/**
 * "Is it one of these?": while somebody types, the server is asked for public questions like it. Late, refused or
 * lost answers change nothing; asking never waits for it. A press on "I have this question too" is a vote (see
 * votes.js) and leaves the text unsent.
 */
const PAUSE_MS = 700;
const AGAIN_MS = 2000;
const PATIENCE_MS = 4000;
const FEWEST = 12;

export class Like {
  #place;
  #form;
  #field;
  #emptied;
  #asked = "";
  #askedAt = -AGAIN_MS;
  /** Not before, says a refusal. */
  #notBefore = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * @param {HTMLElement} place [data-like]
   * @param {HTMLFormElement} form
   * @param {AbortSignal} signal ends the listening
   * @param {() => void} emptied called where the text is no longer needed
   */
  constructor(place, form, signal, emptied) {
    this.#place = place;
    this.#form = form;
    this.#emptied = emptied;
    this.#field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    this.#field.addEventListener("input", () => this.#typed(), { signal });
    form.addEventListener("submit", () => this.#hide(), { signal });
    place.addEventListener("click", (event) => this.#clicked(event), { signal });
    signal.addEventListener("abort", () => this.#hide());
  }

  get #words() {
    return this.#field.value.trim();
  }

  #typed() {
    clearTimeout(this.#timer);
    if (this.#words.length < FEWEST) {
      this.#hide();
      return;
    }
    const now = performance.now();
    const wait = Math.max(PAUSE_MS, this.#askedAt + AGAIN_MS - now, this.#notBefore - now);
    this.#timer = setTimeout(() => void this.#ask(), wait);
  }

  async #ask() {
    const words = this.#words;
    if (words === this.#asked || !navigator.onLine) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#asked = words;
    this.#askedAt = performance.now();
    const patience = setTimeout(() => asking.abort(), PATIENCE_MS);
    try {
      const body = new FormData();
      const token = this.#form.elements.namedItem("csrfmiddlewaretoken");
      body.set("csrfmiddlewaretoken", token instanceof HTMLInputElement ? token.value : "");
      body.set("text", words.slice(0, 1000));
      const answer = await fetch(this.#place.dataset.likeUrl ?? "", { method: "POST", body, signal: asking.signal });
      if (answer.status === 429) {
        this.#notBefore = performance.now() + 1000 * Number(answer.headers.get("Retry-After") ?? 10);
      }
      const html = answer.status === 200 && !answer.redirected ? await answer.text() : "";
      if (this.#asking === asking) this.#show(html);
    } catch {
      // A bad link: nothing is shown and nothing is said.
    } finally {
      clearTimeout(patience);
    }
  }

  /** @param {string} html */
  #show(html) {
    this.#place.innerHTML = html;
    this.#place.hidden = html === "";
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#asked = "";
    this.#show("");
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!(/** @type {Element} */ (event.target).closest("[data-instead]"))) return;
    // After the vote has heard the same click: it needs the button where it stands.
    setTimeout(() => {
      this.#emptied();
      this.#hide();
      const said = document.createElement("p");
      said.className = "notice";
      said.dataset.tone = "ok";
      said.textContent = this.#place.dataset.counted ?? "";
      said.tabIndex = -1;
      this.#place.replaceChildren(said);
      this.#place.hidden = false;
      said.focus();
    });
  }
}
