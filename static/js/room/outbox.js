// @ts-check
import { newId } from "../lib/new-id.js";

/**
 * Questions on their way: kept on this device until the server's receipt is here. Each has an id that was made
 * before the first try and never changes, so it counts once however often it is sent.
 *
 * @typedef {{text: string, name: string, district: string, contact: string, language: string}} Fields
 * `held`: the intake was paused when it came; it goes when its author says so.
 * @typedef {{id: string, fields: Fields, at: number, refused?: string, field?: string, held?: boolean}} Item
 * @typedef {{get: <T>(key: string, otherwise: T) => T, set: (key: string, value: unknown) => void}} Store
 */
// A day later the broadcast is over; the text is shown to who wrote it and no longer sent by itself.
const LIFE_MS = 24 * 3600 * 1000;

export class Outbox {
  #store;
  #key;
  #now;

  /**
   * @param {Store} store
   * @param {string} no the reception
   * @param {() => number} [now] milliseconds
   */
  constructor(store, no, now = Date.now) {
    this.#store = store;
    this.#key = `liveqa.outbox.${no}`;
    this.#now = now;
  }

  /** @returns {Item[]} oldest first */
  get all() {
    return this.#store.get(this.#key, /** @type {Item[]} */ ([]));
  }

  /** @returns {Item[]} what may still be sent by itself */
  get due() {
    return this.all.filter((item) => item.refused === undefined && !item.held && !this.isExpired(item));
  }

  /** @param {Item} item */
  isExpired(item) {
    return this.#now() - item.at > LIFE_MS;
  }

  /** @param {Fields} fields @returns {Item} */
  add(fields) {
    const item = { id: newId(), fields, at: this.#now() };
    this.#store.set(this.#key, [...this.all, item]);
    return item;
  }

  /**
   * The server will never take it like this: it stays, with the reason, until its author changes or discards it.
   * @param {string} id @param {string} reason @param {string} [field]
   */
  refuse(id, reason, field) {
    this.#change(id, { refused: reason, field });
  }

  /** It waits for its author, or no longer. @param {string} id @param {boolean} held */
  hold(id, held) {
    this.#change(id, { held });
  }

  /** @param {string} id @param {Partial<Item>} what */
  #change(id, what) {
    this.#store.set(this.#key, this.all.map((item) => (item.id === id ? { ...item, ...what } : item)));
  }

  /** @param {string} id @returns {Item | undefined} the item that was there */
  remove(id) {
    const all = this.all;
    this.#store.set(this.#key, all.filter((item) => item.id !== id));
    return all.find((item) => item.id === id);
  }
}
