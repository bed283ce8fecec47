// @ts-check
import { isTyping } from "./keys.js";

/**
 * What a hand did ahead of the server: while a command is on its way, or the card that a key is meant for, the steps
 * wait, and are made in their order once that is here. So a hand does the same on every link, however slow. A refusal
 * says why, and what was built on top of it is void.
 *
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./errands.js").Errands} Errands
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {{act: () => void, needsCard: boolean}} Step
 */
const CONTROLS = "a, button, input, label, select, summary, textarea";
/** What opens a question takes its turn. */
const IN_TURN = ".row, [data-opens-card]";

export class Ahead {
  /** @type {Step[]} */
  #steps = [];
  #errands;
  #rows;
  #card;
  #navigation;
  #say;
  #isAtWork = false;
  /** It is their turn. */
  isActing = false;

  /**
   * @param {{errands: Errands, rows: Rows, card: CardPane, navigation: Navigation}} parts
   * @param {() => void} say that what waited was dropped
   */
  constructor({ errands, rows, card, navigation }, say) {
    this.#errands = errands;
    this.#rows = rows;
    this.#card = card;
    this.#navigation = navigation;
    this.#say = say;
    // Who goes on with the mouse, in a field say, has begun something else.
    document.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target.closest(CONTROLS) && !target.closest(IN_TURN)) this.drop();
    });
  }

  get isEmpty() {
    return this.#steps.length === 0;
  }

  /** Another question is chosen than the one whose card stands there. */
  get isBeforeCard() {
    return this.#rows.chosen !== 0 && this.#rows.chosen !== this.#card.number;
  }

  /** @param {boolean} needsCard @returns {boolean} whether a step would have to wait */
  isTooEarly(needsCard) {
    return !this.isEmpty || this.#errands.areOut || (needsCard && this.isBeforeCard);
  }

  /** Now, or when its turn has come. @param {Step} step */
  do(step) {
    if (this.isTooEarly(step.needsCard)) this.add(step);
    else step.act();
  }

  /** Whatever is on its way: only not before what waits. @param {() => void} act */
  behind(act) {
    if (this.isEmpty) act();
    else this.add({ act, needsCard: false });
  }

  /** @param {Step} step */
  add(step) {
    this.#steps.push(step);
    void this.#work();
  }

  drop() {
    if (this.isEmpty) return;
    this.#steps = [];
    this.#say();
  }

  async #work() {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    for (let step = this.#steps[0]; step; step = this.#steps[0]) {
      const isReady = await this.#ready(step);
      if (!isReady) this.drop();
      if (this.#steps[0] !== step) continue;
      this.#steps.shift();
      this.#act(step);
    }
    this.#isAtWork = false;
  }

  /** @param {Step} step @returns {Promise<boolean>} false where the steps that wait are void */
  async #ready({ needsCard }) {
    if (!(await this.#errands.over())) return false;
    // In a field and in a dialog keys are letters.
    const isLetter = isTyping(document.activeElement) || document.querySelector("dialog[open]") !== null;
    if (needsCard && !isLetter && this.isBeforeCard) await this.#navigation.open(this.#rows.chosen);
    return true;
  }

  /** @param {Step} step */
  #act(step) {
    this.isActing = true;
    try {
      step.act();
    } finally {
      this.isActing = false;
    }
  }
}
