// @ts-check
import { newId } from "../lib/new-id.js";

/**
 * What was done without a connection: kept on this device, apart for each reception and person, until the server has
 * taken it or a person gives it up. Each has the key under which it was first sent, so what lost only its answer is done
 * once. One question has at most one decision: what comes after it depends on what becomes of it. Of its public text and
 * of its tags the newest wish counts, since each holds all that the one before it did.
 *
 * @typedef {{why: string, version: number | null, may: boolean}} Refusal
 * @typedef {{key: string, number: number, address: string, fields: [string, string][], label: string, at: number,
 *   refusal?: Refusal}} Item
 * @typedef {{done?: {number: number, version: number, text: string}, refused?: Refusal, end?: "sign-in" | "reload"}} Answer
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

  /** @param {number} number @param {string} address @returns {boolean} whether this must wait behind what is kept */
  holds(number, address) {
    return this.all.some((item) => item.address === address || (item.number === number && !item.refusal));
  }

  /** @param {Item} item @returns {"" | "full" | "double"} why it was not kept */
  add(item) {
    const all = this.all;
    const isKept = all.some((other) => other.address === item.address);
    if (isKept && isDecision(item)) return "double";
    if (!isKept && all.length >= MOST) return "full";
    this.#store.set(this.#key, isKept ? all.map((other) => (other.address === item.address ? item : other)) : [...all, item]);
    return "";
  }

  /**
   * It was done: what was wished for this question on top of it is no conflict with it.
   * @param {Item} item
   * @param {number} version of the question now
   */
  follow(item, version) {
    const expect = expectOf(item);
    if (!expect || version !== Number(expect) + 1) return;
    this.#store.set(this.#key, this.all.map((other) => {
      const isNext = other.number === item.number && !other.refusal && expectOf(other) === expect;
      return isNext ? expecting(other, version) : other;
    }));
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
    this.#change(key, ({ refusal, ...item }) => ({ ...expecting(item, refusal?.version ?? ""), key: newId() }));
  }

  /** @param {string} key @param {(item: Item) => Item} how */
  #change(key, how) {
    this.#store.set(this.#key, this.all.map((item) => (item.key === key ? how(item) : item)));
  }
}

/** @param {{address: string}} item @returns {boolean} a move of the question; else a mark on it */
export function isDecision({ address }) {
  return address.endsWith("/moves/");
}

/** @param {Item} item */
function expectOf(item) {
  return Object.fromEntries(item.fields).expect ?? "";
}

/** @param {Item} item @param {number | string} version @returns {Item} */
function expecting(item, version) {
  const fields = item.fields.map(([name, value]) => [name, name === "expect" ? String(version) : value]);
  return { ...item, fields: /** @type {[string, string][]} */ (fields) };
}
