import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyMap } from "../../static/js/desk/keymap.js";

test("without a map every key means what it means at first", () => {
  const keys = new KeyMap();
  assert.equal(keys.meaning("KeyA"), "KeyA");
  assert.equal(keys.meaning(""), "");
  assert.equal(keys.shown("KeyA"), null);
});

test("a moved key has left its place, a switched-off one is nowhere", () => {
  const keys = new KeyMap({ moved: { KeyA: ["KeyQ", "Q"], KeyQ: ["KeyA", "A"], KeyR: ["", ""] }, characters: true });
  assert.equal(keys.meaning("KeyQ"), "KeyA");
  assert.equal(keys.meaning("KeyA"), "KeyQ");
  assert.equal(keys.meaning("KeyR"), "");
  assert.equal(keys.shown("KeyR"), "");
  assert.equal(keys.shown("KeyA"), "Q");
});

test("without characters only keys with Alt, function keys and arrows act", () => {
  const keys = new KeyMap({ moved: { KeyA: ["Alt+KeyA", "Alt A"], KeyQ: ["F4", "F4"], KeyR: ["", ""] }, characters: false });
  assert.equal(keys.meaning("Alt+KeyA"), "KeyA");
  assert.equal(keys.meaning("F4"), "KeyQ");
  assert.equal(keys.meaning("ArrowDown"), "ArrowDown");
  assert.equal(keys.meaning("Undo"), "Undo");
  for (const code of ["KeyA", "KeyR", "Shift+KeyV", "Digit8", "Slash"]) assert.equal(keys.meaning(code), "", code);
  assert.equal(keys.works("Digit3"), false);
});
