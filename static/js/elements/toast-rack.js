// @ts-check
const STAY_S = 5;

/**
 * <toast-rack id="toasts" role="status"> in the page; a toast is an element of class "toast" put into it:
 * by the server (hx-swap-oob="beforeend:#toasts" around parts/_toast.html) or by `show(text)`, which uses the
 * <template> inside. A toast goes after data-seconds, but not while it is pointed at or holds the focus.
 */
export class ToastRack extends HTMLElement {
  #watch = new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) this.#started(node);
  });

  connectedCallback() {
    this.#watch.observe(this, { childList: true });
    for (const toast of this.children) this.#started(toast);
  }

  disconnectedCallback() {
    this.#watch.disconnect();
  }

  /** @param {string} text @param {"" | "ok" | "warn" | "danger"} [tone] */
  show(text, tone = "") {
    const template = this.querySelector("template");
    const toast = template?.content.firstElementChild?.cloneNode(true);
    if (!(toast instanceof HTMLElement)) return;
    if (tone) toast.dataset.tone = tone;
    const place = toast.querySelector(".toast__text");
    if (place) place.textContent = text;
    this.append(toast);
  }

  /** @param {string} html one of the server's toasts */
  showHtml(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const toast = template.content.querySelector(".toast");
    if (toast) this.append(toast);
  }

  /** @param {Node} toast */
  #started(toast) {
    if (!(toast instanceof HTMLElement) || !toast.classList.contains("toast")) return;
    toast.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-dismiss]")) toast.remove();
    });
    let left_s = Number(toast.dataset.seconds ?? STAY_S);
    const timer = setInterval(() => {
      if (!toast.isConnected) clearInterval(timer);
      else if (!toast.matches(":hover, :focus-within") && --left_s <= 0) toast.remove();
    }, 1000);
  }
}

customElements.define("toast-rack", ToastRack);
