// @ts-check
/** The strip over the broadcast. The question comes by frames; this file lets it come, stay and go. */
import "./elements/live-screen.js";
import "./overlay/paged-text.js";
import { Poll } from "./overlay/poll.js";
import { isSeen, leavesIn_ms } from "./overlay/showing.js";

const screen = /** @type {import("./elements/live-screen.js").LiveScreen} */ (document.querySelector("live-screen"));
/** @type {import("./overlay/showing.js").Setting} */
let setting = JSON.parse(screen.dataset.setting ?? "{}");
const { revision } = setting;
// The clock of the machine that mixes the picture may be wrong by minutes.
const ahead_ms = Date.parse(screen.dataset.serverNow ?? "") - Date.now();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function settle() {
  clearTimeout(timer);
  const head = document.getElementById("head");
  const since = Date.parse(head?.dataset.since ?? "");
  const now = Date.now() + ahead_ms;
  screen.toggleAttribute("data-shows", isSeen(setting, since, now));
  screen.toggleAttribute("data-asker", setting.asker);
  const wait_ms = leavesIn_ms(setting, since, now);
  if (wait_ms !== null) timer = setTimeout(settle, wait_ms);
}

/** The address was taken back: nothing of it may stay in the picture. */
function leave() {
  clearTimeout(timer);
  poll.stop();
  screen.remove();
}

const poll = new Poll(screen.dataset.stateUrl ?? "", (frames) => frames.forEach((one) => screen.receive(one)), leave);

screen.addEventListener("live:put", settle);
screen.addEventListener("live:side", (event) => {
  const { side } = /** @type {CustomEvent} */ (event).detail;
  if (!side.overlay) return;
  setting = side.overlay;
  if (setting.revision !== revision) leave();
  else settle();
});
screen.addEventListener("live:state", (event) => {
  const { state } = /** @type {CustomEvent} */ (event).detail;
  if (state === "gone") leave();
  else if (state === "online") poll.stop();
  else if (state === "offline") poll.start();
});
settle();
