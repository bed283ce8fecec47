// @ts-check
/**
 * A row under the finger: to the right its next step, to the left the step that takes it away. What will happen stands
 * beside the finger while it moves; short of the threshold nothing does. Only for touch: the mouse has buttons, and a
 * finger that goes up or down scrolls. The row itself stays where it is, so there is no motion to reduce.
 *
 * @typedef {{row: HTMLElement, x: number, y: number, pointer: number, label: HTMLElement | null, move: string}} Drag
 */
const SLOP_PX = 12;
const SHARE = 0.35;
const MOST_PX = 140;
/** The first of these that the row may do. */
const RIGHT = ["approve", "queue"];
const LEFT = ["set_aside", "hide"];

export class Swipe {
  #words;
  #decide;
  /** @type {Drag | null} */
  #drag = null;

  /**
   * @param {HTMLElement} desk
   * @param {Record<string, string>} words of the moves
   * @param {(row: HTMLElement, move: string) => void} decide
   */
  constructor(desk, words, decide) {
    this.#words = words;
    this.#decide = decide;
    desk.addEventListener("pointerdown", this.#down);
    desk.addEventListener("pointermove", this.#moved);
    desk.addEventListener("pointerup", this.#up);
    desk.addEventListener("pointercancel", () => this.#end());
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    this.#end();
    const target = /** @type {Element} */ (event.target);
    const row = target.closest('.row[data-moves]:not(.leaving, [data-late="decision"])');
    if (event.pointerType !== "touch" || !event.isPrimary || !(row instanceof HTMLElement) || target.closest("button")) return;
    this.#drag = { row, x: event.clientX, y: event.clientY, pointer: event.pointerId, label: null, move: "" };
  };

  /** @param {PointerEvent} event */
  #moved = (event) => {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.label && Math.abs(dy) > SLOP_PX) {
      this.#end();
      return;
    }
    if (!drag.label && Math.abs(dx) < SLOP_PX) return;
    this.#show(drag, dx);
  };

  /** @param {Drag} drag @param {number} dx */
  #show(drag, dx) {
    const may = (drag.row.dataset.moves ?? "").split(" ");
    const move = (dx > 0 ? RIGHT : LEFT).find((one) => may.includes(one)) ?? "";
    if (!drag.label) {
      drag.label = document.createElement("span");
      drag.label.className = "row__swipe";
      drag.label.setAttribute("aria-hidden", "true");
      drag.row.append(drag.label);
      drag.row.setPointerCapture(drag.pointer);
    }
    const label = drag.label;
    label.hidden = !move;
    label.dataset.side = dx > 0 ? "start" : "end";
    label.textContent = this.#words[move] ?? "";
    label.style.inlineSize = `${Math.abs(dx)}px`;
    const isFar = Math.abs(dx) >= Math.min(MOST_PX, drag.row.offsetWidth * SHARE);
    label.toggleAttribute("data-ready", isFar);
    drag.move = isFar ? move : "";
  }

  /** @param {PointerEvent} event */
  #up = (event) => {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    this.#end();
    // A finger that went this far makes no click, so the row is not opened as well.
    if (drag.move) this.#decide(drag.row, drag.move);
  };

  #end() {
    this.#drag?.label?.remove();
    this.#drag = null;
  }
}
