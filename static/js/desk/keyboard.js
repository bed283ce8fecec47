// @ts-check
import { choiceFor, codeOf, controlFor, isTyping, press } from "./keys.js";

/**
 * What a key does at the desk. Some keys are actions of their own (the table below); every other one presses the
 * control that it belongs to.
 *
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./keymap.js").KeyMap} KeyMap
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./rail.js").Rail} Rail
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("./undo.js").Undo} Undo
 * @typedef {import("./view.js").View} View
 */
const MAY_REPEAT = /^(Shift\+)?(KeyJ|KeyK|Arrow)/;

export class Keyboard {
  #desk;
  #pane;
  #keys;
  #rows;
  #card;
  #rail;
  #selection;
  #undo;
  #navigation;
  #view;

  /**
   * By the key's first place. False: there was nothing to do, so a control may have the key.
   * @type {Map<string, () => boolean | void>}
   */
  #actions = new Map([
    ["ArrowDown", () => this.#navigation.go(1)],
    ["ArrowUp", () => this.#navigation.go(-1)],
    ["Undo", () => this.#takeBack()],
    ["KeyU", () => this.#takeBack()],
    ["KeyX", () => this.#selection.toggle(this.#rows.chosen)],
    ["Shift+KeyX", () => this.#selection.extendTo(this.#rows.chosen)],
    ["Shift+KeyA", () => this.#selection.all(this.#rows.chosen)],
    ["Shift+KeyJ", () => this.#extend(1)],
    ["Shift+KeyK", () => this.#extend(-1)],
  ]);

  /**
   * @param {HTMLElement} desk
   * @param {HTMLElement} pane
   * @param {{keys: KeyMap, rows: Rows, card: CardPane, rail: Rail | null, selection: Selection, undo: Undo,
   *   navigation: Navigation, view: View}} parts
   */
  constructor(desk, pane, { keys, rows, card, rail, selection, undo, navigation, view }) {
    this.#desk = desk;
    this.#pane = pane;
    this.#keys = keys;
    this.#rows = rows;
    this.#card = card;
    this.#rail = rail;
    this.#selection = selection;
    this.#undo = undo;
    this.#navigation = navigation;
    this.#view = view;
    document.addEventListener("keydown", this.#pressed);
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") this.#leave(event);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send(event);
    else if (!isTyping(event.target)) this.#follow(event);
  };

  /** @param {KeyboardEvent} event */
  #follow(event) {
    if (event.altKey && (event.code === "ArrowUp" || event.code === "ArrowDown")) {
      if (this.#rail?.step(this.#rows.chosen, event.code === "ArrowUp" ? "up" : "down")) event.preventDefault();
      return;
    }
    const pressed = codeOf(event);
    const code = this.#keys.meaning(pressed);
    if (!this.#keys.works(pressed) || event.code === "Space" || (event.repeat && !MAY_REPEAT.test(code))) return;
    // In the card the arrows scroll and move between choices.
    if (/^Arrow(Down|Up)$/.test(code) && this.#pane.contains(/** @type {Node} */ (event.target))) return;
    if (this.perform(code, () => choiceFor(pressed) ?? controlFor(code))) event.preventDefault();
  }

  /** @param {string} code @returns {boolean} whether it would do something now */
  can(code) {
    return this.#actions.has(code) || controlFor(code) !== null;
  }

  /**
   * @param {string} code the key's first place
   * @param {() => HTMLElement | null} [find] the control that the key means
   * @returns {boolean} whether there was something to do
   */
  perform(code, find = () => controlFor(code)) {
    const action = this.#actions.get(code);
    return (action && action() !== false) || this.#pressControl(find);
  }

  /** @param {() => HTMLElement | null} find */
  #pressControl(find) {
    const control = find();
    const isOfCard = this.#pane.contains(control);
    if (this.#card.isSending && (!control || isOfCard)) {
      // A quick hand is ahead of the answer: the key is meant for the card that comes with it.
      void this.#card.answered().then((isDone) => {
        const there = isDone && find();
        if (there) press(there);
      });
      return true;
    }
    if (!control) return false;
    // While J and K run ahead of the card, a move must not hit the question that was open before.
    if (isOfCard && this.#rows.chosen && this.#rows.chosen !== this.#card.number) {
      void this.#navigation.open(this.#rows.chosen).then(() => {
        const there = this.#card.number === this.#rows.chosen && find();
        if (there) press(there);
      });
      return true;
    }
    this.#view.reveal(control);
    press(control);
    return true;
  }

  #takeBack() {
    // Not before the answer with the toast has come to life: its form would leave the page.
    if (this.#card.isSending) void this.#card.answered().then(() => this.#undo.take());
    else this.#undo.take();
  }

  /** Goes on and takes all on the way into the choice. @param {number} by */
  #extend(by) {
    if (this.#selection.isEmpty) this.#selection.toggle(this.#rows.chosen);
    this.#navigation.go(by);
    this.#selection.extendTo(this.#rows.chosen);
  }

  /** Out of a field; out of an open form; out of a choice of several; back to the list. @param {KeyboardEvent} event */
  #leave(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const form = target.closest("details[open]") ?? this.#desk.querySelector(".bulk__menu[open], details.move[open]");
    if (isTyping(target) && !(target instanceof HTMLInputElement && target.type === "search" && target.value)) {
      target.blur();
      if (form instanceof HTMLDetailsElement) form.querySelector("summary")?.focus();
    } else if (form instanceof HTMLDetailsElement && !isTyping(target)) {
      form.open = false;
      form.querySelector("summary")?.focus();
    } else {
      if (!this.#selection.isEmpty) this.#selection.clear();
      this.#rows.focusChosen();
    }
  }

  /** @param {KeyboardEvent} event */
  #send(event) {
    const form = /** @type {HTMLElement} */ (event.target).closest("form") ?? this.#pane.querySelector("details[open] form");
    if (!(form instanceof HTMLFormElement) || form.id === "bulk" || form.id === "desk-search") return;
    event.preventDefault();
    form.requestSubmit();
  }
}
