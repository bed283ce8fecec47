import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { newId } from "../../static/js/lib/new-id.js";
import { Storage } from "../../static/js/lib/storage.js";
import { Outbox } from "../../static/js/room/outbox.js";
import { Sender } from "../../static/js/room/sender.js";

const FIELDS = { text: "Когда?", name: "", district: "", contact: "", language: "ru" };

/** A browser's memory, or one that refuses. */
function memory({ isFull = false } = {}) {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      if (isFull) throw new Error("full");
      kept.set(key, value);
    },
    removeItem: (key) => kept.delete(key),
  };
}

function setUp({ overSocket = () => false, overHttp = () => Promise.reject(new Error("offline")) } = {}) {
  const outbox = new Outbox(new Storage(memory()), "2026-0147");
  const sender = new Sender(outbox, { overSocket, overHttp, random: () => 0, patience_ms: 5000 });
  const told = [];
  sender.addEventListener("state", ({ detail }) => told.push([detail.state, detail.id, detail.reason]));
  return { outbox, sender, told };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const ack = (id, number = 57) => ({ ack: { client_id: id, number, no: `2026-0147-${number}`, link: "/ru/q/x/" } });

test("a question outlives the page, under one id", () => {
  const local = memory();
  const item = new Outbox(new Storage(local), "2026-0147").add(FIELDS);
  assert.match(item.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(new Outbox(new Storage(local), "2026-0147").all, [item]);
  assert.deepEqual(new Outbox(new Storage(local), "2026-0148").all, []);
});

test("ids are made without HTTPS, too", () => {
  const own = globalThis.crypto.randomUUID;
  globalThis.crypto.randomUUID = undefined;
  try {
    assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  } finally {
    globalThis.crypto.randomUUID = own;
  }
});

test("a browser without memory loses nothing while the page is open", () => {
  const outbox = new Outbox(new Storage(memory({ isFull: true })), "2026-0147");
  const item = outbox.add(FIELDS);
  assert.deepEqual(outbox.all, [item]);
  assert.deepEqual(new Outbox(new Storage(null), "2026-0147").all, []);
});

test("memory that somebody spoilt counts as empty", () => {
  const local = memory();
  local.setItem("liveqa.outbox.2026-0147", "{not json");
  assert.deepEqual(new Outbox(new Storage(local), "2026-0147").all, []);
});

test("after a day a question is kept and no longer sent by itself", () => {
  let now = 0;
  const outbox = new Outbox(new Storage(memory()), "2026-0147", () => now);
  outbox.add(FIELDS);
  now = 24 * 3600 * 1000 + 1;
  assert.equal(outbox.all.length, 1);
  assert.deepEqual(outbox.due, []);
});

test("the socket's receipt empties the outbox", async () => {
  const sent = [];
  const { outbox, sender, told } = setUp({ overSocket: (message) => sent.push(message) > 0 });
  const item = outbox.add(FIELDS);
  const done = sender.wake();
  assert.deepEqual(sent, [{ ask: { client_id: item.id, ...FIELDS } }]);
  sender.hear(ack("00000000-0000-4000-8000-000000000000"));
  sender.hear(ack(item.id));
  await done;
  assert.deepEqual(outbox.all, []);
  assert.deepEqual(told.map(([state]) => state), ["sending", "accepted"]);
});

test("without a socket it goes by HTTP", async () => {
  const { outbox, sender } = setUp({ overHttp: async (item) => ack(item.id) });
  outbox.add(FIELDS);
  outbox.add(FIELDS);
  await sender.wake();
  assert.deepEqual(outbox.all, []);
});

test("an answer that never comes is asked for again the other way, with the same id", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const ids = [];
  const { outbox, sender, told } = setUp({
    overSocket: ({ ask }) => ids.push(["socket", ask.client_id]) > 0,
    overHttp: async (item) => (ids.push(["http", item.id]), ack(item.id)),
  });
  const { id } = outbox.add(FIELDS);
  sender.wake();
  t.mock.timers.tick(5000);
  await settled();
  assert.deepEqual(told.map(([state]) => state), ["sending", "waiting"]);
  await sender.wake();
  assert.deepEqual(ids, [["socket", id], ["http", id]]);
  assert.deepEqual(outbox.all, []);
});

test("two wakings in one moment send once", async () => {
  let sent = 0;
  const { outbox, sender } = setUp({ overHttp: async (item) => ((sent += 1), ack(item.id)) });
  outbox.add(FIELDS);
  await Promise.all([sender.wake(), sender.wake()]);
  await settled();
  assert.equal(sent, 1);
});

test("told to come again, it waits that long", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const answers = [{ refused: { client_id: "", code: "limit", message: "In 7 s.", retry_s: 7 } }];
  const { outbox, sender, told } = setUp({ overHttp: async (item) => answers.pop() ?? ack(item.id) });
  outbox.add(FIELDS);
  await sender.wake();
  assert.deepEqual(told.at(-1).slice(0, 1), ["waiting"]);
  assert.equal(told.at(-1)[2], "In 7 s.");
  now = 6000;
  t.mock.timers.tick(6000);
  await settled();
  assert.equal(outbox.all.length, 1);
  now = 7000;
  t.mock.timers.tick(1000);
  await settled();
  assert.deepEqual(outbox.all, []);
});

test("a final no stays with its reason until its author decides", async () => {
  const refused = { client_id: "", code: "long", field: "text", message: "Too long." };
  const { outbox, sender, told } = setUp({ overHttp: async () => ({ refused }) });
  const { id } = outbox.add(FIELDS);
  await sender.wake();
  assert.deepEqual(told.at(-1), ["refused", id, "Too long."]);
  assert.equal(outbox.all[0].refused, "Too long.");
  assert.deepEqual(outbox.due, []);
  assert.equal(outbox.remove(id)?.fields.text, FIELDS.text);
  assert.deepEqual(outbox.all, []);
});

test("one question after the other, so that a waking phone does not flood the socket", async () => {
  const open = [];
  const { outbox, sender } = setUp({
    overHttp: (item) => new Promise((resolve) => open.push(() => resolve(ack(item.id)))),
  });
  outbox.add(FIELDS);
  outbox.add(FIELDS);
  const done = sender.wake();
  assert.equal(open.length, 1);
  open.shift()();
  await settled();
  assert.equal(open.length, 1);
  open.shift()();
  await done;
  assert.deepEqual(outbox.all, []);
  mock.reset();
});
