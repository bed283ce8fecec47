import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { waitFor } from "../../static/js/lib/backoff.js";
import { LiveSocket } from "../../static/js/lib/live-socket.js";
import { plural } from "../../static/js/lib/plural.js";

/** The browser's socket, played by hand. */
class Wire {
  static all = [];
  sent = [];
  isClosed = false;

  constructor(address) {
    this.address = address;
    Wire.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  opens() {
    this.onopen?.();
  }

  says(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  ends(code = 1006) {
    this.onclose?.({ code });
  }
}

const last = () => Wire.all.at(-1);

function opened(seq = 418) {
  const socket = new LiveSocket("ws://x/ws/", { seq, language: "ru", WebSocket: Wire, random: () => 1 });
  socket.heard = [];
  socket.states = [];
  socket.addEventListener("message", (event) => socket.heard.push(event.detail));
  socket.addEventListener("state", (event) => socket.states.push(event.detail.state));
  socket.open();
  last().opens();
  return socket;
}

beforeEach(() => {
  Wire.all = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("it says where the page stands and in which language", () => {
  const socket = opened();
  assert.deepEqual(last().sent, [{ seq: 418, lang: "ru" }]);
  assert.deepEqual(socket.states, ["online"]);
});

/** A frame of so many letters. */
const heavy = (letters) => ({ seq: 1, put: "x".repeat(letters) });

test("it acknowledges after as many letters as the server said, at most once a second, also when no new place came", () => {
  const socket = opened();
  last().says({ acks: 32768 });
  for (const seq of [419, 420, 421]) {
    last().says(heavy(15_000));
    socket.seq = seq;
    socket.acknowledge();
  }
  assert.equal(last().sent.length, 1);
  mock.timers.tick(1000);
  assert.deepEqual(last().sent.at(-1), { seq: 421 });
  last().says(heavy(1000));
  socket.acknowledge();
  mock.timers.tick(5000);
  assert.equal(last().sent.length, 2);
  last().says(heavy(90_000));
  socket.acknowledge();
  socket.acknowledge();
  mock.timers.tick(1000);
  assert.equal(last().sent.length, 3);
  assert.deepEqual(last().sent.at(-1), { seq: 421 });
});

test("it acknowledges nothing where the server didn't ask for it, and forgets who asked", () => {
  const socket = opened();
  last().says({ acks: 10 });
  last().ends();
  mock.timers.tick(1000);
  last().opens();
  last().says(heavy(90_000));
  socket.acknowledge();
  mock.timers.tick(5000);
  assert.deepEqual(last().sent, [{ seq: 418, lang: "ru" }]);
  assert.equal(socket.heard.length, 1);
});

test("thousands who lost one server come back over some seconds", () => {
  const socket = new LiveSocket("ws://x/ws/", { seq: 1, language: "ru", spread: 3, WebSocket: Wire, random: () => 0.5 });
  socket.open();
  last().opens();
  last().ends();
  mock.timers.tick(1499);
  assert.equal(Wire.all.length, 1);
  mock.timers.tick(1);
  assert.equal(Wire.all.length, 2);
});

test("it comes back after a loss, later each time, from the new place", () => {
  const socket = opened();
  socket.seq = 430;
  last().ends();
  assert.deepEqual(socket.states, ["online", "offline"]);
  mock.timers.tick(499);
  assert.equal(Wire.all.length, 1);
  mock.timers.tick(1);
  assert.equal(Wire.all.length, 2);
  last().ends();
  mock.timers.tick(999);
  assert.equal(Wire.all.length, 2);
  mock.timers.tick(1);
  last().opens();
  assert.deepEqual(last().sent, [{ seq: 430, lang: "ru" }]);
  assert.deepEqual(socket.states, ["online", "offline", "online"]);
});

test("a person may try at once", () => {
  const socket = opened();
  last().ends();
  socket.retry();
  assert.equal(Wire.all.length, 2);
  mock.timers.tick(60_000);
  assert.equal(Wire.all.length, 2);
});

test("too slow means again, from the cursor", () => {
  const socket = opened();
  last().ends(4408);
  mock.timers.tick(500);
  last().opens();
  assert.deepEqual(last().sent, [{ seq: 418, lang: "ru" }]);
  assert.equal(socket.state, "online");
});

for (const [code, state] of [[4401, "sign-in"], [4403, "forbidden"], [4404, "gone"], [4426, "reload"]]) {
  test(`close code ${code} is for good: ${state}`, () => {
    const socket = opened();
    last().ends(code);
    assert.deepEqual(socket.states, ["online", state]);
    mock.timers.tick(120_000);
    socket.retry();
    assert.equal(Wire.all.length, 1);
  });
}

test("a reload message ends the connection", () => {
  const socket = opened();
  last().says({ reload: true });
  assert.equal(socket.state, "reload");
  assert.equal(last().isClosed, true);
  assert.deepEqual(socket.heard, []);
});

test("what is not JSON closes the connection and is not passed on", () => {
  const socket = opened();
  last().says("<html>");
  assert.deepEqual(socket.heard, []);
  assert.equal(last().isClosed, true);
});

test("without a connection nothing is sent and the caller knows", () => {
  const socket = opened();
  assert.equal(socket.send({ ask: {} }), true);
  last().ends();
  assert.equal(socket.send({ ask: {} }), false);
});

test("a closed socket stays closed", () => {
  const socket = opened();
  const wire = last();
  socket.close();
  wire.ends();
  mock.timers.tick(120_000);
  assert.equal(Wire.all.length, 1);
});

test("waiting grows to half a minute and no further", () => {
  assert.deepEqual([0, 1, 2, 6, 50].map((n) => waitFor(n, () => 1)), [0.5, 1, 2, 30, 30]);
  assert.equal(waitFor(9, () => 0), 0);
});

test("the text follows the plural of the language", () => {
  const forms = { one: "1 новый вопрос", few: "2 новых вопроса", many: "5 новых вопросов" };
  assert.equal(plural(forms, 21, "ru"), "21 новый вопрос");
  assert.equal(plural(forms, 3, "ru"), "3 новых вопроса");
  assert.equal(plural(forms, 12, "ru"), "12 новых вопросов");
  assert.equal(plural({ one: "1 жаңа сұрақ", many: "5 жаңа сұрақ" }, 7, "kk"), "7 жаңа сұрақ");
  assert.equal(plural({ one: "1 new", other: "2 new" }, 4, "en"), "4 new");
});
