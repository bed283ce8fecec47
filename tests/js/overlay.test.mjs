import assert from "node:assert/strict";
import { test } from "node:test";
import { isSeen, leavesIn_ms } from "../../static/js/overlay/showing.js";

const setting = (rest = {}) => ({ hidden: false, auto_hide_s: 0, asker: false, revision: 1, ...rest });

test("the strip is seen for as long as a question is on air", () => {
  assert.equal(isSeen(setting(), 1000, 9_000_000), true);
  assert.equal(isSeen(setting(), Number.NaN, 9_000_000), false);
  assert.equal(leavesIn_ms(setting(), 1000, 2000), null);
});

test("hidden by hand wins over everything", () => {
  assert.equal(isSeen(setting({ hidden: true, auto_hide_s: 30 }), 1000, 2000), false);
  assert.equal(leavesIn_ms(setting({ hidden: true, auto_hide_s: 30 }), 1000, 2000), null);
});

test("it hides by itself after the seconds that were set", () => {
  const soon = setting({ auto_hide_s: 30 });
  assert.equal(isSeen(soon, 1000, 30_999), true);
  assert.equal(leavesIn_ms(soon, 1000, 30_999), 1);
  assert.equal(isSeen(soon, 1000, 31_000), false);
  assert.equal(leavesIn_ms(soon, 1000, 31_000), null);
});
