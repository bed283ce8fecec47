// @ts-check
/** The room: live list and head, asking, my questions, votes. Also the still pages of earlier questions. */
import "./elements/live-screen.js";
import "./elements/offline-banner.js";
import "./elements/equation-bar.js";
import "./room/ask-form.js";
import { MyQuestions } from "./room/mine.js";
import { Votes } from "./room/votes.js";

const RELOAD_WITHIN_MS = 4000;
const root = /** @type {HTMLElement} */ (document.querySelector("[data-no]"));
const no = root.dataset.no ?? "";
const mine = document.querySelector("[data-mine]");

new Votes(root, no);
if (mine instanceof HTMLElement) new MyQuestions(mine, root, no);

/** The head says whether questions are taken; the form follows it, but never swallows what is being written. */
function followIntake() {
  const head = /** @type {HTMLElement | null} */ (root.querySelector("#head"));
  const isOpen = head?.dataset.intake !== "closed";
  const reason = head?.querySelector("[data-pause-reason]")?.textContent ?? "";
  const form = /** @type {any} */ (root.querySelector("ask-form"));
  const note = root.querySelector("[data-closed]");
  if (form) {
    form.querySelector("form").hidden = !isOpen && !form.isBusy;
    form.pause(reason);
    if (note instanceof HTMLElement) note.hidden = isOpen;
  } else if (isOpen) {
    // The page was made before questions were taken and has no form. Not all phones in one second.
    setTimeout(() => location.reload(), Math.random() * RELOAD_WITHIN_MS);
  }
}

/** Whether a moderator reads first stands in the hint under the text and in the rules. */
function followRules() {
  const now = /** @type {HTMLElement | null} */ (root.querySelector("#head"))?.dataset.premoderated;
  for (const words of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("span[data-premoderated]"))) {
    words.hidden = words.dataset.premoderated !== now;
  }
}

root.addEventListener("live:put", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.id !== 0) return;
  followIntake();
  followRules();
});
