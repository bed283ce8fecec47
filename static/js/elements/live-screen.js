// @ts-check
import { Announcer } from "../lib/announcer.js";
import { cardsOf, fromHtml, nextCard, passFocusOn, placeFor, replaceCard, settleFacts } from "../lib/cards.js";
import { HEAD, byKey, emptyState, isFrame, step } from "../lib/frames.js";
import { Held } from "../lib/held.js";
import { inPlace, wouldMove } from "../lib/in-place.js";
import { LiveSocket } from "../lib/live-socket.js";
import { plural } from "../lib/plural.js";

/**
 * A page that is kept true by frames: <live-screen data-socket data-seq data-lang [data-linger="5"]
 * [data-spread="3"]>, spread: seconds over which the pages that lost their server at once come back.
 * Lists: [data-list] with [data-order] [data-window] [data-hold] [data-linger]; cards: their children with
 * [data-id] [data-key]; counters: [data-count]; small facts on a card: [data-side="votes"];
 * [data-empty-for="list"] is shown while the list is empty.
 *
 * Events, all bubbling: live:put {id, list, element, isNew}, live:drop {id}, live:counts {counts},
 * live:side {side}, live:held {list, count}, live:state {state, since}, live:message {message},
 * live:reload (cancelable: the screen has something unsaved).
 *
 * @typedef {import("../lib/frames.js").Change} Change
 * @typedef {import("../lib/frames.js").Put} Put
 */
const RELOADED = "live-reloaded-at";
const RELOAD_WITHIN_MS = 4000;
const RELOAD_LOOP_MS = 30_000;

export class LiveScreen extends HTMLElement {
  /** @type {LiveSocket | null} */
  #socket = null;
  #state = emptyState({});
  #held = new Held(this, "ru");
  /** @type {Announcer | null} */
  #announcer = null;
  /** Cards that a person has asked for are never held back. @type {Set<number>} */
  #expected = new Set();
  /** @type {Map<HTMLElement, ReturnType<typeof setTimeout>>} */
  #leaving = new Map();
  #listening = new AbortController();

  get seq() {
    return this.#state.seq;
  }

  get state() {
    return this.#socket?.state ?? "connecting";
  }

  connectedCallback() {
    const language = this.dataset.lang || document.documentElement.lang;
    this.#listening = new AbortController();
    this.#held = new Held(this, language);
    this.#read();
    const region = this.querySelector("[data-announce]");
    if (region instanceof HTMLElement) {
      this.#announcer = new Announcer(region, (n) => plural(region.dataset, n, language));
    }
    this.addEventListener("click", this.#clicked, { signal: this.#listening.signal });
    if (!this.dataset.socket) return;
    const address = new URL(this.dataset.socket, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new LiveSocket(address.href, {
      seq: this.seq,
      language,
      spread: this.dataset.spread ? Number(this.dataset.spread) : undefined,
    });
    this.#socket.addEventListener("message", (event) => this.receive(/** @type {CustomEvent} */ (event).detail));
    this.#socket.addEventListener("state", (event) => this.#stateChanged(/** @type {CustomEvent} */ (event).detail));
    this.#socket.open();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#socket?.close();
    this.#socket = null;
    this.#announcer?.stop();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  /** @param {unknown} message @returns {boolean} whether it went out */
  send(message) {
    return this.#socket?.send(message) ?? false;
  }

  retry() {
    this.#socket?.retry();
  }

  /** Lets the next form of this card through a list that holds back: its arrival was asked for. @param {number} id */
  expect(id) {
    const put = this.#held.take(id);
    if (put) this.#place(put);
    else this.#expected.add(id);
  }

  /** Shows the cards that wait. @param {string} list */
  release(list) {
    const puts = this.#held.release(list);
    for (const put of puts) this.#place(put);
    this.#settle();
    this.#tell("live:held", { list, count: 0 });
  }

  /** @param {unknown} message from the socket, or a frame that came by HTTP */
  receive(message) {
    if (!isFrame(message)) {
      this.#tell("live:message", { message });
      return;
    }
    const { state, changes } = step(this.#state, message);
    this.#state = state;
    if (this.#socket) this.#socket.seq = state.seq;
    let arrived = 0;
    for (const change of changes) arrived += this.#follow(change);
    this.#settle();
    if (message.counts) this.#tell("live:counts", { counts: state.counts });
    if (message.side) this.#tell("live:side", { side: state.side });
    this.#announcer?.add(arrived);
    this.#socket?.acknowledge();
  }

  /** Takes the page as the server rendered it for the starting state. */
  #read() {
    /** @type {Record<string, {order?: "asc" | "desc", window?: number}>} */
    const rules = {};
    for (const list of this.#lists()) {
      rules[list.dataset.list ?? ""] = {
        order: list.dataset.order === "desc" ? "desc" : "asc",
        window: Number(list.dataset.window ?? 0),
      };
    }
    if (this.querySelector("#head")) rules[HEAD] ??= {};
    this.#state = emptyState(rules, Number(this.dataset.seq ?? 0));
    for (const list of this.#lists()) {
      this.#state.lists[list.dataset.list ?? ""] = cardsOf(list).map((card) => ({
        id: Number(card.dataset.id),
        key: card.dataset.key ?? "",
      }));
    }
    this.#settle();
  }

  /** @returns {NodeListOf<HTMLElement>} */
  #lists() {
    return this.querySelectorAll("[data-list]");
  }

  /** @param {string} name @returns {HTMLElement | null} */
  #list(name) {
    return this.querySelector(`[data-list="${CSS.escape(name)}"]`);
  }

  /** @param {number} id @returns {HTMLElement | null} */
  card(id) {
    if (id === 0) return this.querySelector("#head");
    return this.querySelector(`[data-list] > [data-id="${id}"]`);
  }

  /** @param {Change} change @returns {number} 1 where something new arrived */
  #follow(change) {
    const waited = this.#held.take(change.id);
    const card = this.card(change.id);
    if (change.op !== "put") {
      if (card && change.op === "leave") this.#leave(card, change.html);
      else if (card) this.#remove(card);
      this.#tell("live:drop", { id: change.id });
      return 0;
    }
    const isNew = change.id !== 0 && !card && !waited;
    const holds = this.#list(change.list)?.hasAttribute("data-hold") && !this.#expected.has(change.id);
    if (!card && holds) {
      this.#held.add(change);
      this.#tell("live:held", { list: change.list, count: this.#held.count(change.list) });
    } else {
      this.#expected.delete(change.id);
      this.#place(change, isNew);
    }
    return isNew ? 1 : 0;
  }

  /** @param {Put} put */
  #place(put, isNew = false) {
    const fresh = fromHtml(put.html);
    const old = this.card(put.id);
    const list = this.#list(put.list);
    if (old) this.#stay(old);
    if (put.list === HEAD || !list) {
      if (old) replaceCard(old, fresh);
      else list?.append(fresh);
    } else {
      const change = () => {
        const before = placeFor(list, put, byKey(this.#state.rules[put.list]));
        if (!old) list.insertBefore(fresh, before);
        else if (old.parentElement === list && nextCard(old) === before) replaceCard(old, fresh);
        else replaceCard(old, fresh, () => list.insertBefore(fresh, before));
      };
      const from = old?.parentElement;
      if (!old || !from || from === list) inPlace(list, change);
      else {
        if (wouldMove(old)) this.#keepSpace(old);
        inPlace(from, () => inPlace(list, change));
      }
    }
    /** @type {any} */ (globalThis).htmx?.process(fresh);
    this.#tell("live:put", { id: put.id, list: put.list, element: fresh, isNew });
  }

  /** A card goes to another list: its place stays empty until that moves nothing under the mouse. @param {HTMLElement} card */
  #keepSpace(card) {
    const space = document.createElement("div");
    space.style.height = `${card.getBoundingClientRect().height}px`;
    card.before(space);
    this.#removeLater(space, 1);
  }

  /** Stamps a card with what became of it and takes it away a little later. @param {HTMLElement} card @param {string} html */
  #leave(card, html) {
    const list = /** @type {HTMLElement | null} */ (card.parentElement);
    const linger_s = Number(list?.dataset.linger ?? this.dataset.linger ?? 0);
    if (!linger_s) {
      this.#remove(card);
      return;
    }
    const stamped = fromHtml(html);
    passFocusOn(card);
    // The stamped form has another height: it must not move what stands below, perhaps under the mouse.
    const stood = `${card.getBoundingClientRect().height}px`;
    stamped.style.minHeight = stood;
    stamped.style.setProperty("--stood", stood);
    if (list) inPlace(list, () => card.replaceWith(stamped));
    stamped.classList.add("leaving");
    stamped.removeAttribute("aria-current");
    stamped.removeAttribute("tabindex");
    stamped.inert = true;
    this.#removeLater(stamped, linger_s);
  }

  /** @param {HTMLElement} card @param {number} wait_s */
  #removeLater(card, wait_s) {
    this.#stay(card);
    const go = () => {
      if (wouldMove(card)) this.#removeLater(card, 1);
      else this.#remove(card);
    };
    this.#leaving.set(card, setTimeout(go, wait_s * 1000));
  }

  /** @param {HTMLElement} card */
  #stay(card) {
    clearTimeout(this.#leaving.get(card));
    this.#leaving.delete(card);
  }

  /** @param {HTMLElement} card */
  #remove(card) {
    this.#stay(card);
    passFocusOn(card);
    const list = card.parentElement;
    if (list) inPlace(list, () => card.remove());
    this.#settle();
  }

  /** Brings counters, small facts and empty states in line with the lists. */
  #settle() {
    settleFacts(this, this.#state);
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("[data-releases]");
    if (button instanceof HTMLElement) this.release(button.dataset.releases ?? "");
  };

  /** @param {{state: string, since: Date}} detail */
  #stateChanged(detail) {
    this.dataset.state = detail.state;
    this.#tell("live:state", detail);
    if (detail.state === "reload") this.#reload();
  }

  /** Loads the page anew, not all viewers in one second and never in a circle. */
  #reload() {
    const event = new CustomEvent("live:reload", { bubbles: true, cancelable: true });
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (!this.dispatchEvent(event) || Date.now() - last < RELOAD_LOOP_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    setTimeout(() => location.reload(), Math.random() * RELOAD_WITHIN_MS);
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

customElements.define("live-screen", LiveScreen);
