// @ts-check
import { copy } from "../lib/copy.js";
import { Like } from "./like.js";
import { Outbox } from "./outbox.js";
import { Sender } from "./sender.js";
import { Storage } from "../lib/storage.js";

/**
 * <ask-form data-no data-limit data-empty data-long>: the form, what became of what was sent with it, and the
 * unsent words of a page that was closed. Without JavaScript the form inside works by itself.
 *
 * Event `asked` (bubbles; detail: {ack, text}) when the server has taken a question.
 *
 * @typedef {import("./outbox.js").Fields} Fields
 * @typedef {import("./outbox.js").Item} Item
 */
const TWICE_MS = 1500;
const KEPT = ["name", "district"];
const DRAFT = ["text", "name", "district", "contact"];

class AskForm extends HTMLElement {
  #store = new Storage();
  #outbox = new Outbox(this.#store, "");
  /** @type {Sender | null} */
  #sender = null;
  #sentAt = -TWICE_MS;
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#outbox = new Outbox(this.#store, this.dataset.no ?? "");
    this.#sender = new Sender(this.#outbox, { overSocket: this.#overSocket, overHttp: this.#overHttp });
    this.#sender.addEventListener("state", (event) => this.#show(/** @type {CustomEvent} */ (event).detail), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#form.addEventListener("input", () => this.#typed(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("live:message", (event) => this.#sender?.hear(/** @type {CustomEvent} */ (event).detail.message), { signal });
    document.addEventListener("live:state", (event) => this.#connection(/** @type {CustomEvent} */ (event).detail.state), { signal });
    addEventListener("online", () => this.#sender?.wake(), { signal });
    document.addEventListener("live:reload", (event) => this.isBusy && event.preventDefault(), { signal });
    const like = this.querySelector("[data-like]");
    if (like instanceof HTMLElement) new Like(like, this.#form, signal, () => this.#write({ text: "" }));
    this.#recall();
    this.#showLeftovers();
    this.#connection(this.#screen?.state ?? "");
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#sender?.stop();
  }

  /** Somebody is writing here. */
  get isBusy() {
    return this.#control("text").value.trim() !== "";
  }

  /**
   * The intake is paused, or goes on: what is written stays, and only who wrote it sends it.
   * @param {string} reason "" while questions are taken
   */
  pause(reason) {
    const note = this.querySelector("[data-paused]");
    const send = this.#form.querySelector("[data-send]");
    if (note instanceof HTMLElement) note.hidden = !reason;
    for (const place of this.querySelectorAll("[data-paused] [data-pause-reason]")) place.textContent = reason;
    if (send instanceof HTMLButtonElement) send.disabled = Boolean(reason);
    this.#settleHeld();
  }

  /** What was held goes when the form itself may be sent. */
  #settleHeld() {
    const isPaused = this.#form.querySelector("[data-send]:disabled") !== null;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.querySelectorAll("[data-send-now]"))) {
      button.disabled = isPaused;
    }
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  get #screen() {
    return /** @type {any} */ (this.closest("live-screen"));
  }

  /** @param {string} name */
  #control(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    // The second click of a double one finds an empty field: that is no mistake.
    if (!this.isBusy && performance.now() - this.#sentAt < TWICE_MS) return;
    const problem = this.#problem();
    this.#complain(problem);
    if (problem) {
      this.#control("text").focus();
      return;
    }
    this.#sentAt = performance.now();
    this.#outbox.add(this.#fields());
    this.#store.set("liveqa.asker", Object.fromEntries(KEPT.map((name) => [name, this.#control(name).value])));
    this.#write({ text: "", contact: "" });
    this.#sender?.wake();
  }

  /** @returns {Fields} */
  #fields() {
    const language = this.#screen?.dataset.lang ?? document.documentElement.lang;
    const [text, name, district, contact] = DRAFT.map((field) => this.#control(field).value);
    return { text, name, district, contact, language };
  }

  #problem() {
    if (!this.isBusy) return this.dataset.empty ?? "";
    return this.#left < 0 ? (this.dataset.long ?? "") : "";
  }

  /** Characters as the server counts them: a letter is one, whatever its script. */
  get #left() {
    return Number(this.dataset.limit ?? 0) - [...this.#control("text").value].length;
  }

  /** @param {string} problem @param {string} [field] */
  #complain(problem, field = "text") {
    const control = this.#control(field);
    const place = this.querySelector(`#${CSS.escape(control.id)}_error`);
    control.closest(".field")?.toggleAttribute("data-invalid", Boolean(problem));
    if (problem) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    if (!(place instanceof HTMLElement)) return;
    place.hidden = !problem;
    place.textContent = problem;
  }

  #typed() {
    this.#store.set(this.#draftKey, Object.fromEntries(DRAFT.map((name) => [name, this.#control(name).value])));
    this.#count();
    if (this.isBusy && this.#left >= 0) this.#complain("");
  }

  get #draftKey() {
    return `liveqa.draft.${this.dataset.no}`;
  }

  /** Shown from half way on: a full counter under an empty field only frightens. */
  #count() {
    const counter = this.querySelector("[data-counter]");
    if (!(counter instanceof HTMLElement)) return;
    const limit = Number(this.dataset.limit ?? 0);
    counter.textContent = this.#left < limit / 2 ? `${limit - this.#left} / ${limit}` : "";
    counter.toggleAttribute("data-over", this.#left < 0);
  }

  /** What was typed before the page was closed; a form that came back with errors knows better. */
  #recall() {
    if (!this.isBusy) this.#write({ ...this.#store.get("liveqa.asker", {}), ...this.#store.get(this.#draftKey, {}) });
    this.#count();
  }

  /** @param {Partial<Fields>} fields */
  #write(fields) {
    for (const [name, value] of Object.entries(fields)) {
      if (DRAFT.includes(name) && typeof value === "string") this.#control(name).value = value;
    }
    this.#typed();
  }

  /** What an earlier visit left unsent. */
  #showLeftovers() {
    for (const item of this.#outbox.all) {
      if (item.refused !== undefined) this.#show({ id: item.id, state: "refused", reason: item.refused });
      else if (item.held) this.#show({ id: item.id, state: "held" });
      else if (this.#outbox.isExpired(item)) this.#show({ id: item.id, state: "refused", reason: "" });
      else this.#show({ id: item.id, state: "waiting", reason: "" });
    }
  }

  /** @param {string} state */
  #connection(state) {
    if (state === "online" && this.#outbox.due.length) this.#sender?.wake();
    // No socket at all (a proxy that has none): the form's own address still works.
    else if (state === "offline" && this.#outbox.due.length) setTimeout(() => this.#sender?.wake(), 3000);
  }

  /** @param {object} message */
  #overSocket = (message) => this.#screen?.send(message) ?? false;

  /** @param {Item} item */
  #overHttp = async (item) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.#control("csrfmiddlewaretoken").value);
    body.set("client_id", item.id);
    for (const name of DRAFT) body.set(name, item.fields[/** @type {keyof Fields} */ (name)]);
    const response = await fetch(this.#form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    return response.json();
  };

  /** @param {{id: string, state: string, reason?: string, ack?: any, item?: Item}} detail */
  #show({ id, state, reason = "", ack, item }) {
    const receipt = this.#receipt(id, item);
    if (!receipt) return;
    // From "waiting" a new try is nothing to tell: the words stay until something has changed.
    if (state === "sending" && receipt.dataset.state === "waiting") return;
    receipt.dataset.state = state;
    for (const part of receipt.querySelectorAll("[data-when]")) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.when !== state;
    }
    for (const place of receipt.querySelectorAll("[data-reason]")) place.textContent = reason;
    this.#settleHeld();
    receipt.scrollIntoView({ block: "nearest" });
    if (state !== "accepted") return;
    const number = /** @type {HTMLElement} */ (receipt.querySelector("[data-number]"));
    number.textContent = (number.dataset.label ?? "1").replace("1", String(ack.number));
    const urgent = receipt.querySelector("[data-urgent]");
    if (ack.urgent && urgent instanceof HTMLElement) {
      urgent.textContent = ack.urgent;
      urgent.hidden = false;
    }
    /** @type {HTMLAnchorElement} */ (receipt.querySelector("[data-link]")).href = ack.link;
    this.dispatchEvent(new CustomEvent("asked", { bubbles: true, detail: { ack, text: item?.fields.text ?? "" } }));
  }

  /** @param {string} id @param {Item} [item] @returns {HTMLElement | null} */
  #receipt(id, item = this.#outbox.all.find((one) => one.id === id)) {
    const there = this.querySelector(`.receipt[data-of="${CSS.escape(id)}"]`);
    if (there instanceof HTMLElement) return there;
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template[data-receipt]"));
    const receipt = template.content.firstElementChild?.cloneNode(true);
    if (!(receipt instanceof HTMLElement) || !item) return null;
    receipt.dataset.of = id;
    /** @type {HTMLElement} */ (receipt.querySelector("[data-text]")).textContent = item.fields.text;
    this.querySelector("[data-receipts]")?.prepend(receipt);
    return receipt;
  }

  /** @param {MouseEvent} event */
  async #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    const receipt = button?.closest(".receipt");
    if (!button || !(receipt instanceof HTMLElement)) return;
    if (button.hasAttribute("data-send-now")) {
      this.#outbox.hold(receipt.dataset.of ?? "", false);
      this.#sender?.wake();
    } else if (button.hasAttribute("data-copy")) {
      const link = /** @type {HTMLAnchorElement} */ (receipt.querySelector("[data-link]")).href;
      /** @type {HTMLElement} */ (receipt.querySelector("[data-copied]")).hidden = !(await copy(link));
    } else if (button.hasAttribute("data-edit") || button.hasAttribute("data-forget")) {
      const item = this.#outbox.remove(receipt.dataset.of ?? "");
      receipt.remove();
      if (item && button.hasAttribute("data-edit")) {
        this.#write(item.fields);
        if (item.refused) this.#complain(item.refused, item.field && DRAFT.includes(item.field) ? item.field : "text");
      }
      this.#control("text").focus();
    }
  }
}

customElements.define("ask-form", AskForm);
