// @ts-check
import { choiceFor, codeOf, controlFor, isTyping, press } from "./keys.js";
import { isCall } from "./palette.js";
import { isText, pressAgain } from "./press-again.js";

/**
 * What a key does at the desk. Some keys are actions of their own (the table below); every other one presses the
 * control that it belongs to. Where its time has not come yet, it waits.
 *
 * @typedef {import("./ahead.js").Ahead} Ahead
 * @typedef {import("./errands.js").Errands} Errands
 * @typedef {import("./keymap.js").KeyMap} KeyMap
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./rail.js").Rail} Rail
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("./undo.js").Undo} Undo
 * @typedef {import("./view.js").View} View
 */
const MAY_REPEAT = /^((Shift\+)?Key[JK]|(Alt\+|Shift\+)?Arrow)/;
/** Only these wait; Tab, F5 and their like belong to the browser at any time. */
const MAY_WAIT = /^(Undo|(Alt\+)?(Shift\+)?(Key|Digit|ArrowUp|ArrowDown))/;

export class Keyboard {
  #desk;
  #pane;
  #keys;
  #rows;
  #ahead;
  #errands;
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
    ["Undo", () => this.#undo.take()],
    ["KeyU", () => this.#undo.take()],
    ["KeyX", () => this.#selection.toggle(this.#rows.chosen)],
    ["Shift+KeyX", () => this.#selection.extendTo(this.#rows.chosen)],
    ["Shift+KeyA", () => this.#selection.all(this.#rows.chosen)],
    ["Shift+KeyJ", () => this.#extend(1)],
    ["Shift+KeyK", () => this.#extend(-1)],
  ]);

  /**
   * @param {HTMLElement} desk
   * @param {HTMLElement} pane
   * @param {{keys: KeyMap, rows: Rows, ahead: Ahead, errands: Errands, rail: Rail | null, selection: Selection,
   *   undo: Undo, navigation: Navigation, view: View}} parts
   */
  constructor(desk, pane, { keys, rows, ahead, errands, rail, selection, undo, navigation, view }) {
    this.#desk = desk;
    this.#pane = pane;
    this.#keys = keys;
    this.#rows = rows;
    this.#ahead = ahead;
    this.#errands = errands;
    this.#rail = rail;
    this.#selection = selection;
    this.#undo = undo;
    this.#navigation = navigation;
    this.#view = view;
    document.addEventListener("keydown", this.#held, { capture: true });
    document.addEventListener("keydown", this.#pressed);
  }

  /**
   * What stands in a form is on its way with it: the next letter is meant for what comes after.
   * @param {KeyboardEvent} event
   */
  #held = (event) => {
    const target = /** @type {Element} */ (event.target);
    const isOut = !this.#ahead.isActing && isTyping(target) && !target.matches("select") && this.#errands.have(target);
    if (isOut && !event.isComposing && (isText(event) || isSend(event))) this.#wait(event);
  };

  /** @param {KeyboardEvent} event */
  #wait(event) {
    event.preventDefault();
    event.stopPropagation();
    this.#ahead.add({ act: () => pressAgain(event), needsCard: this.#needsCard(this.#keys.meaning(codeOf(event))) });
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") this.#ahead.drop();
    if (isInDialog()) return;
    if (!this.#ahead.isActing && this.#isTooEarly(event)) this.#wait(event);
    else if (event.key === "Escape") this.#leave(event);
    else if (isSend(event)) this.#send(event);
    else if (!isTyping(event.target)) this.#follow(event);
  };

  /** @param {KeyboardEvent} event */
  #isTooEarly(event) {
    if (isTyping(event.target)) return false;
    const pressed = codeOf(event);
    const code = this.#keys.meaning(pressed);
    const isKey = isCall(event) || (MAY_WAIT.test(code) && this.#keys.works(pressed));
    if (!this.#ahead.isEmpty) return isKey || isSend(event) || isText(event);
    const control = controlFor(code);
    if (!isKey || (event.repeat && !MAY_REPEAT.test(code)) || this.#isEntrance(control)) return false;
    const needsCard = this.#needsCard(code);
    return this.#ahead.isTooEarly(needsCard) || (needsCard && !control && this.#waitsForBeside());
  }

  /** What stands beside the question comes after its card: a key of it waits, and no other one has to. */
  #waitsForBeside() {
    const coming = this.#pane.querySelector("#beside.htmx-request");
    if (!coming) return false;
    void this.#errands.during(new Promise((come) => coming.addEventListener("htmx:afterRequest", come, { once: true })));
    return true;
  }

  /**
   * Leads to a place of its own, where letters are letters: nothing that is on its way changes what its key means.
   * @param {HTMLElement | null} control
   */
  #isEntrance(control) {
    return control !== null && !this.#pane.contains(control) && (isTyping(control) || control.matches("[data-opens]"));
  }

  /** J and K run ahead of the card; any other key is meant for it. @param {string} code */
  #needsCard(code) {
    return !MAY_REPEAT.test(code) && !this.#actions.has(code);
  }

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
    if (this.#perform(code, () => choiceFor(pressed) ?? controlFor(code))) event.preventDefault();
  }

  /** A command that was not pressed as a key. @param {string} code the first place of its key */
  command(code) {
    this.#ahead.do({ act: () => void this.#perform(code, () => controlFor(code)), needsCard: this.#needsCard(code) });
  }

  /** @param {string} code @returns {boolean} whether it would do something now */
  can(code) {
    return this.#actions.has(code) || controlFor(code) !== null;
  }

  /**
   * @param {string} code the key's first place
   * @param {() => HTMLElement | null} find the control that the key means
   * @returns {boolean} whether there was something to do
   */
  #perform(code, find) {
    const action = this.#actions.get(code);
    return (action && action() !== false) || this.#pressControl(find);
  }

  /** @param {() => HTMLElement | null} find */
  #pressControl(find) {
    const control = find();
    if (!control) return false;
    // Its card could not be loaded, as the page says: a move must not hit the question that was open before.
    if (this.#pane.contains(control) && this.#ahead.isBeforeCard) return true;
    this.#view.reveal(control);
    press(control);
    return true;
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

/** @param {KeyboardEvent} event */
function isSend(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}

/** In a dialog keys are its own. */
function isInDialog() {
  return document.querySelector("dialog[open]") !== null;
}
