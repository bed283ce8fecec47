import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { LateSender } from "../../static/js/desk/late-sender.js";
import { Late, MOST } from "../../static/js/desk/late.js";
import { Storage } from "../../static/js/lib/storage.js";

function memory() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

const made = (number, key = `key-${number}`) => ({
  key, number, address: `/desk/x/questions/${number}/moves/`, label: "Approve", at: 0,
  fields: [["move", "approve"], ["expect", "1"], ["key", "old"]],
});

test("decisions outlive the page, each person's apart", () => {
  const local = memory();
  const mine = new Late(new Storage(local), "2026-0147", "7");
  assert.equal(mine.add(made(1)), "");
  assert.deepEqual(new Late(new Storage(local), "2026-0147", "7").all, [made(1)]);
  assert.deepEqual(new Late(new Storage(local), "2026-0147", "8").all, []);
  assert.deepEqual(new Late(new Storage(local), "2026-0148", "7").all, []);
});

test("one for each question, and not without end", () => {
  const late = new Late(new Storage(memory()), "x", "7");
  for (let number = 1; number <= MOST; number += 1) assert.equal(late.add(made(number)), "");
  assert.equal(late.add(made(5)), "double");
  assert.equal(late.add(made(MOST + 1)), "full");
});

const wrote = (number, text, key) => ({
  key, number, address: `/desk/x/questions/${number}/text/`, label: "Public text", at: 0,
  fields: [["text", text], ["expect", "1"]],
});

test("of a text the newest counts, and what comes after one's own text is no conflict with it", async () => {
  const late = new Late(new Storage(memory()), "x", "7");
  late.add(wrote(1, "first", "a"));
  late.add(made(1));
  late.add(made(2));
  assert.equal(late.add(wrote(1, "second", "b")), "");
  assert.deepEqual(late.all.map(({ key }) => key), ["b", "key-1", "key-2"]);
  assert.deepEqual([late.holds(1, "elsewhere"), late.holds(3, "elsewhere")], [true, false]);
  const seen = [];
  const sender = new LateSender(late, async ({ number, fields }) => {
    const { text, expect } = Object.fromEntries(fields);
    seen.push([number, text ?? "move", expect]);
    return { done: { number, version: Number(expect) + 1, text: "" } };
  });
  await sender.wake();
  assert.deepEqual(seen, [[1, "second", "1"], [1, "move", "2"], [2, "move", "1"]]);
});

test("they go in order, once each, and a broken connection keeps the rest", async () => {
  const late = new Late(new Storage(memory()), "x", "7");
  for (const number of [3, 1, 2]) late.add(made(number));
  const sent = [];
  let isAway = false;
  const sender = new LateSender(late, async (item) => {
    if (isAway) throw new TypeError("away");
    sent.push(item.number);
    isAway = item.number === 1;
    return { done: { number: item.number, version: 2, text: "" } };
  }, () => 0);
  mock.timers.enable({ apis: ["setTimeout"] });
  await Promise.all([sender.wake(), sender.wake()]);
  assert.deepEqual(sent, [3, 1]);
  assert.deepEqual(late.due.map((item) => item.number), [2]);
  isAway = false;
  mock.timers.tick(1000);
  await sender.wake();
  mock.timers.reset();
  assert.deepEqual(sent, [3, 1, 2]);
  assert.deepEqual(late.all, []);
});

test("what was refused waits for a person, who drops it or does it anyway", async () => {
  const late = new Late(new Storage(memory()), "x", "7");
  for (const number of [1, 2]) late.add(made(number));
  const refusal = { why: "changed by a colleague", version: 4, may: true };
  const seen = [];
  const sender = new LateSender(late, async (item) => {
    seen.push(Object.fromEntries(item.fields).expect);
    return seen.length === 1 ? { refused: refusal } : { done: { number: item.number, version: 5, text: "" } };
  });
  await sender.wake();
  assert.deepEqual(late.due, []);
  assert.deepEqual(late.refused.map((item) => [item.number, item.refusal]), [[1, refusal]]);
  late.again("key-1");
  assert.notEqual(late.due[0].key, "key-1");
  await sender.wake();
  assert.deepEqual(seen, ["1", "1", "4"]);
  assert.deepEqual(late.all, []);
});

test("who is no longer signed in keeps everything", async () => {
  const late = new Late(new Storage(memory()), "x", "7");
  late.add(made(1));
  const ends = [];
  const sender = new LateSender(late, async () => ({ end: "sign-in" }));
  sender.addEventListener("changed", ({ detail }) => ends.push(detail.end));
  await sender.wake();
  assert.deepEqual(ends, ["sign-in"]);
  assert.equal(late.due.length, 1);
});
