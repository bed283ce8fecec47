import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, byKey, emptyState, isFrame, step } from "../../static/js/lib/frames.js";

const RULES = { new: { order: "asc" }, queue: { order: "desc" }, last: { order: "desc", window: 3 } };

const put = (id, list, key, html = `<article>${id}</article>`) => ({ id, list, key, html });
const frame = (seq, rest = {}) => ({ v: 1, seq, put: [], drop: [], counts: {}, ...rest });
const ids = (state, list) => state.lists[list].map((card) => card.id);

/** Small seeded generator: a failure can be run again by its seed. */
function dice(seed) {
  let x = seed >>> 0;
  return (n) => {
    x = (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return x % n;
  };
}

test("cards stand in the order of their keys, compared as strings", () => {
  let state = emptyState(RULES);
  state = apply(state, frame(1, { put: [put(1, "new", "10"), put(2, "new", "9"), put(3, "new", "100")] }));
  assert.deepEqual(ids(state, "new"), [1, 3, 2]);
  state = apply(state, frame(2, { put: [put(4, "queue", "a"), put(5, "queue", "b"), put(6, "queue", "B")] }));
  assert.deepEqual(ids(state, "queue"), [5, 4, 6]);
});

test("cards with one key stand by number in both orders", () => {
  const state = apply(emptyState(RULES), frame(1, {
    put: [put(2, "new", "k"), put(1, "new", "k"), put(4, "queue", "k"), put(3, "queue", "k")],
  }));
  assert.deepEqual(ids(state, "new"), [1, 2]);
  assert.deepEqual(ids(state, "queue"), [3, 4]);
});

test("a put replaces the card wherever it stands", () => {
  let state = apply(emptyState(RULES), frame(1, { put: [put(1, "new", "1"), put(2, "new", "2")] }));
  state = apply(state, frame(2, { put: [put(1, "queue", "5", "<b>queued</b>")] }));
  assert.deepEqual(ids(state, "new"), [2]);
  assert.deepEqual(state.lists.queue, [{ id: 1, key: "5", html: "<b>queued</b>" }]);
});

test("a put for a list that is not on the page leaves the page, stamped", () => {
  const before = apply(emptyState(RULES), frame(1, { put: [put(1, "new", "1")] }));
  const { state, changes } = step(before, frame(2, { put: [put(1, "closed", "1", "<i>answered</i>")] }));
  assert.deepEqual(ids(state, "new"), []);
  assert.deepEqual(changes, [{ op: "leave", id: 1, html: "<i>answered</i>" }]);
});

test("a card that was never here and does not belong here changes nothing", () => {
  const before = emptyState(RULES);
  const { state, changes } = step(before, frame(1, { put: [put(9, "closed", "1")], drop: [8] }));
  assert.deepEqual(changes, []);
  assert.deepEqual(state.lists, before.lists);
});

test("a drop takes the card away from any list", () => {
  let state = apply(emptyState(RULES), frame(1, { put: [put(1, "new", "1"), put(2, "queue", "2")] }));
  state = apply(state, frame(2, { drop: [1, 2] }));
  assert.deepEqual([ids(state, "new"), ids(state, "queue")], [[], []]);
});

test("the window keeps the first cards of the order", () => {
  let state = emptyState(RULES);
  for (let n = 1; n <= 5; n += 1) state = apply(state, frame(n, { put: [put(n, "last", `k${n}`)] }));
  assert.deepEqual(ids(state, "last"), [5, 4, 3]);
  const { changes } = step(state, frame(6, { put: [put(6, "last", "k6")] }));
  assert.deepEqual(changes.at(-1), { op: "trim", id: 3 });
});

test("a card put and a card dropped in one frame may share the last place of the window", () => {
  const full = apply(emptyState(RULES), frame(1, { put: [1, 2, 3].map((n) => put(n, "last", `k${n}`)) }));
  const state = apply(full, frame(2, { put: [put(4, "last", "k0")], drop: [3] }));
  assert.deepEqual(ids(state, "last"), [2, 1, 4]);
});

test("an old or equal frame brings no cards", () => {
  const state = apply(emptyState(RULES), frame(5, { put: [put(1, "new", "1", "fresh")], counts: { new: 1 } }));
  for (const seq of [4, 5]) {
    const { state: after, changes } = step(state, frame(seq, { put: [put(1, "new", "1", "old")], drop: [1] }));
    assert.deepEqual(after.lists, state.lists);
    assert.deepEqual(changes, []);
    assert.equal(after.seq, 5);
  }
});

test("counts of an older frame are not believed, of an equal one they are", () => {
  const state = apply(emptyState(RULES), frame(5, { counts: { new: 7 } }));
  assert.equal(apply(state, frame(4, { counts: { new: 6 } })).counts.new, 7);
  assert.equal(apply(state, frame(5, { counts: { new: 8 } })).counts.new, 8);
});

test("side facts are merged by name whatever the place in the journal", () => {
  let state = apply(emptyState(RULES), frame(5, { side: { votes: { 1: 3 }, claims: { 1: "AB" } } }));
  state = apply(state, frame(5, { side: { votes: { 1: 4 } } }));
  assert.deepEqual(state.side, { votes: { 1: 4 }, claims: { 1: "AB" } });
});

test("nothing is changed in place", () => {
  const before = apply(emptyState(RULES), frame(1, { put: [put(1, "new", "1")], counts: { new: 1 } }));
  const copy = structuredClone(before);
  apply(before, frame(2, { put: [put(1, "queue", "1"), put(2, "new", "0")], drop: [1], counts: { new: 0 } }));
  assert.deepEqual(before, copy);
});

test("only what has a whole number as seq is a frame", () => {
  assert.equal(isFrame({ seq: 3 }), true);
  for (const other of [null, 3, "x", [], {}, { seq: "3" }, { seq: 1.5 }, { receipt: {} }]) {
    assert.equal(isFrame(other), false);
  }
});

/** The server in small: holds every card, tells what changed since a cursor, prints a fresh page. */
class Server {
  seq = 0;
  /** @type {Map<number, {list: string | null, key: string, at: number}>} */
  cards = new Map();

  touch(id, list, key) {
    this.seq += 1;
    this.cards.set(id, { list, key, at: this.seq });
  }

  since(cursor) {
    const changed = [...this.cards].filter(([, card]) => card.at > cursor);
    return frame(this.seq, {
      put: changed.filter(([, c]) => c.list !== null).map(([id, c]) => put(id, c.list, c.key, `${id}@${c.at}`)),
      drop: changed.filter(([, c]) => c.list === null).map(([id]) => id),
      counts: { all: this.cards.size },
    });
  }

  page(rules) {
    return apply(emptyState(rules), { ...this.since(0) });
  }
}

test("old page + frames = fresh page, for two hundred random histories", () => {
  const rules = { new: { order: "asc" }, queue: { order: "desc" } };
  const lists = ["new", "queue", "closed", null];
  for (let seed = 1; seed <= 200; seed += 1) {
    const roll = dice(seed);
    const server = new Server();
    let page = server.page(rules);
    let cursor = 0;
    for (let n = 0; n < 60; n += 1) {
      server.touch(1 + roll(12), lists[roll(4)], String(roll(30)));
      if (roll(3) === 0) continue; // coalesced with the next
      const news = server.since(roll(4) === 0 ? Math.max(0, cursor - roll(5)) : cursor); // sometimes told twice
      page = apply(apply(page, news), news);
      cursor = page.seq;
      const fresh = server.page(rules);
      assert.deepEqual(page, fresh, `seed ${seed}, step ${n}`);
    }
  }
});

test("lists are always sorted and a card stands in one list only", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const roll = dice(seed * 7919);
    let state = emptyState(RULES);
    for (let n = 1; n < 40; n += 1) {
      const some = Array.from({ length: roll(4) }, () => put(roll(9), ["new", "queue", "last", "off"][roll(4)], `${roll(20)}`));
      state = apply(state, frame(n - roll(2), { put: some, drop: roll(3) ? [] : [roll(9)] }));
      const all = Object.values(state.lists).flat().map((card) => card.id);
      assert.equal(new Set(all).size, all.length, `seed ${seed}`);
      for (const [name, rule] of Object.entries(state.rules)) {
        assert.deepEqual(state.lists[name], [...state.lists[name]].sort(byKey(rule)), `seed ${seed}`);
      }
      assert.ok(state.lists.last.length <= 3);
    }
  }
});
