// @ts-check
/**
 * The state of a screen and what a frame does to it. Pure: no DOM, no clock, nothing is changed in place.
 * The law of the screen rests here: old page + frames = fresh page.
 *
 * @typedef {{id: number, key: string, html?: string}} Card
 * @typedef {{id: number, list: string, key: string, html: string}} Put
 * @typedef {{v?: number, seq: number, put?: Put[], drop?: number[], counts?: Record<string, number>,
 *            side?: Record<string, unknown>}} Frame
 * @typedef {{order: "asc" | "desc", window: number}} Rule   window 0 = without end
 * @typedef {{seq: number, rules: Record<string, Rule>, lists: Record<string, Card[]>,
 *            counts: Record<string, number>, side: Record<string, unknown>}} State
 * @typedef {{op: "put", id: number, list: string, key: string, html: string}
 *         | {op: "leave", id: number, html: string}
 *         | {op: "drop", id: number}
 *         | {op: "trim", id: number}} Change
 */

export const HEAD = "head";

/**
 * @param {Record<string, Partial<Rule>>} rules the lists of the page
 * @param {number} [seq]
 * @returns {State}
 */
export function emptyState(rules, seq = 0) {
  /** @type {State} */
  const state = { seq, rules: {}, lists: {}, counts: {}, side: {} };
  for (const [name, rule] of Object.entries(rules)) {
    state.rules[name] = { order: rule.order ?? "asc", window: rule.window ?? 0 };
    state.lists[name] = [];
  }
  return state;
}

/**
 * Whether this message is a frame: it has a whole number as `seq`. All else is for the screen's own script.
 * @param {unknown} message
 * @returns {message is Frame}
 */
export function isFrame(message) {
  return typeof message === "object" && message !== null && Number.isInteger(/** @type {Frame} */ (message).seq);
}

/**
 * Order of two cards in a list. Keys are compared as strings, unit by unit, as the server does; never by locale.
 * Cards with one key stand by number, so that every page shows the same.
 * @param {Rule} rule
 * @returns {(a: Card, b: Card) => number}
 */
export function byKey(rule) {
  const sign = rule.order === "desc" ? -1 : 1;
  return (a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -sign : sign;
    return a.id - b.id;
  };
}

/**
 * @param {State} state
 * @param {number} id
 * @returns {string | null} the list on which the card stands
 */
function listOf(state, id) {
  for (const [name, cards] of Object.entries(state.lists)) {
    if (cards.some((card) => card.id === id)) return name;
  }
  return null;
}

/**
 * Applies one frame and tells what changed on the page, in order.
 * A frame that is not newer than the page brings no cards: they are on the page already, perhaps in a later form.
 * @param {State} state
 * @param {Frame} frame
 * @returns {{state: State, changes: Change[]}}
 */
export function step(state, frame) {
  const isOlder = frame.seq < state.seq;
  const isNewer = frame.seq > state.seq;
  /** @type {State} */
  const next = {
    seq: isNewer ? frame.seq : state.seq,
    rules: state.rules,
    lists: { ...state.lists },
    counts: isOlder ? state.counts : { ...state.counts, ...frame.counts },
    side: frame.side ? { ...state.side, ...frame.side } : state.side,
  };
  /** @type {Change[]} */
  const changes = [];
  if (!isNewer) return { state: next, changes };

  for (const put of frame.put ?? []) {
    const was = take(next, put.id);
    if (next.lists[put.list]) {
      next.lists[put.list] = insert(next.lists[put.list], put, next.rules[put.list]);
      changes.push({ op: "put", id: put.id, list: put.list, key: put.key, html: put.html });
    } else if (was) {
      changes.push({ op: "leave", id: put.id, html: put.html });
    }
  }
  for (const id of frame.drop ?? []) {
    if (take(next, id)) changes.push({ op: "drop", id });
  }
  // Only after the whole frame: a card that is put and one that is dropped may share the last place.
  for (const [name, rule] of Object.entries(next.rules)) {
    if (!rule.window || next.lists[name].length <= rule.window) continue;
    for (const card of next.lists[name].slice(rule.window)) changes.push({ op: "trim", id: card.id });
    next.lists[name] = next.lists[name].slice(0, rule.window);
  }
  return { state: next, changes };
}

/**
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function apply(state, frame) {
  return step(state, frame).state;
}

/**
 * Takes a card off whichever list it stands on.
 * @param {State} state
 * @param {number} id
 */
function take(state, id) {
  const name = listOf(state, id);
  if (name === null) return false;
  state.lists[name] = state.lists[name].filter((card) => card.id !== id);
  return true;
}

/**
 * @param {Card[]} cards
 * @param {Put} put
 * @param {Rule} rule
 */
function insert(cards, put, rule) {
  const card = { id: put.id, key: put.key, html: put.html };
  const compare = byKey(rule);
  const place = cards.findIndex((other) => compare(card, other) < 0);
  return place < 0 ? [...cards, card] : [...cards.slice(0, place), card, ...cards.slice(place)];
}
