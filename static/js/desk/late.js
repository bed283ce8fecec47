// @ts-check
import { newId } from "../lib/new-id.js";

/**
 * Decisions that were made without a connection: kept on this device, apart for each reception and person, until the
 * server has taken them or a person gives them up. Each has the key under which it was first sent, so a decision whose
 * answer was lost is made once. One question has at most one: what comes after it depends on what becomes of it.
 *
 * @typedef {{why: string, version: number | null, may: boolean}} Refusal
 * @typedef {{key: string, number: number, address: string, fields: [string, string][], label: string, at: number,
 *   refusal?: Refusal}} Item
 * @typedef {{done?: {number: number, text: string}, refused?: Refusal, end?: "sign-in" | "reload"}} Answer
 * @typedef {{get: <T>(key: string, otherwise: T) => T, set: (key: string, value: unknown) => void}} Store
 */
export const MOST = 200;

export class Late {
  #store;
  #key;

  /** @param {Store} store @param {string} no the reception @param {string} user whose decisions they are */
  constructor(store, no, user) {
    this.#store = store;
    this.#key = `liveqa.desk.${no}.${user}`;
  }

  /** @returns {Item[]} in the order in which they were made */
  get all() {
    return this.#store.get(this.#key, /** @type {Item[]} */ ([]));
  }

  /** @returns {Item[]} what is still to be sent */
  get due() {
    return this.all.filter((item) => !item.refusal);
  }

  /** @returns {Item[]} what a person must look at */
  get refused() {
    return this.all.filter((item) => item.refusal);
  }

  /** @param {number} number @returns {Item | undefined} */
  of(number) {
    return this.all.find((item) => item.number === number);
  }

  /** @param {Item} item @returns {"" | "full" | "double"} why it was not kept */
  add(item) {
    const all = this.all;
    if (all.some((other) => other.number === item.number)) return "double";
    if (all.length >= MOST) return "full";
    this.#store.set(this.#key, [...all, item]);
    return "";
  }

  /** @param {string} key */
  drop(key) {
    this.#store.set(this.#key, this.all.filter((item) => item.key !== key));
  }

  /** @param {string} key @param {Refusal} refusal */
  refuse(key, refusal) {
    this.#change(key, (item) => ({ ...item, refusal }));
  }

  /** Once more, on top of what the other one did: a new decision with a key of its own. @param {string} key */
  again(key) {
    this.#change(key, ({ refusal, ...item }) => {
      const expect = String(refusal?.version ?? "");
      const fields = /** @type {[string, string][]} */ (
        item.fields.map(([name, value]) => [name, name === "expect" ? expect : value])
      );
      return { ...item, key: newId(), fields };
    });
  }

  /** @param {string} key @param {(item: Item) => Item} how */
  #change(key, how) {
    this.#store.set(this.#key, this.all.map((item) => (item.key === key ? how(item) : item)));
  }
}
