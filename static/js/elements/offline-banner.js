// @ts-check
const PATIENCE_MS = 5000;

/**
 * Says that the page is no longer live, and since when. Its texts are its children:
 * [data-when="offline|sign-in|forbidden|gone|reload"]; <time data-since> gets the clock time, or its age inside
 * a <local-time>;
 * [data-retry] tries at once, [data-reload] loads the page.
 * It listens to live:state of the page's <live-screen>.
 */
class OfflineBanner extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("live:state", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail), { signal });
    this.addEventListener("click", this.#clicked, { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** @param {{state: string, since: Date}} detail */
  #hear({ state, since }) {
    clearTimeout(this.#timer);
    if (state === "online" || state === "connecting") {
      this.hidden = true;
    } else if (state === "offline") {
      // A blink of the network is not worth a sentence.
      if (this.hidden) this.#timer = setTimeout(() => this.#show(state, since), PATIENCE_MS);
    } else {
      this.#show(state, since);
    }
  }

  /** @param {string} state @param {Date} since */
  #show(state, since) {
    const screen = /** @type {HTMLElement | null} */ (document.querySelector("live-screen"));
    const zone = /** @type {HTMLElement | null} */ (screen?.closest("[data-tz]"))?.dataset.tz;
    for (const text of this.children) {
      if (text instanceof HTMLElement) text.hidden = text.dataset.when !== state;
    }
    for (const time of this.querySelectorAll("time[data-since]")) {
      time.setAttribute("datetime", since.toISOString());
      time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
        hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
      }).format(since);
      /** @type {any} */ (time.closest("local-time"))?.write();
    }
    this.hidden = false;
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button?.hasAttribute("data-reload")) location.reload();
    if (button?.hasAttribute("data-retry")) /** @type {any} */ (document.querySelector("live-screen"))?.retry();
  };
}

customElements.define("offline-banner", OfflineBanner);
