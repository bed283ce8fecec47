// @ts-check
import { isOfDesk } from "./card.js";

/**
 * Requests that brought no answer of the desk: no server, a refusal, the sign-in page instead.
 *
 * @typedef {import("../elements/toast-rack.js").ToastRack} ToastRack
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./errands.js").Errands} Errands
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./offline.js").Offline} Offline
 * @typedef {import("./rows.js").Rows} Rows
 */

/**
 * @param {{failed?: string, unsent?: string}} words
 * @param {{rows: Rows, card: CardPane, errands: Errands, offline: Offline, toasts: ToastRack,
 *   navigation: Navigation}} parts
 */
export function followFailures({ failed, unsent }, { rows, card, errands, offline, toasts, navigation }) {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (isOfDesk(detail.xhr)) return;
    // The banner leads to the sign-in, and the words stay where they are.
    detail.shouldSwap = false;
    keepOr(event, failed);
  });
  document.body.addEventListener("htmx:sendError", (event) => keepOr(event, unsent));
  document.body.addEventListener("htmx:timeout", (event) => keepOr(event, unsent));
  document.body.addEventListener("htmx:responseError", (event) => keepOr(event, failed));

  // Work goes on as if it had been done.
  document.body.addEventListener("desk:kept", (event) => {
    const { number, isDecision } = /** @type {CustomEvent} */ (event).detail;
    if (isDecision && number === card.number) void navigation.open(rows.after(number));
  });

  /** What found no server is kept where that is possible; else it is told. @param {Event} event @param {string} [why] */
  function keepOr(event, why = "") {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (offline.keep(detail)) {
      errands.keep(detail.xhr);
      return;
    }
    toasts.show(why, "danger");
    // A choice that was not taken must not look as if it were.
    if (detail.elt instanceof HTMLFormElement && detail.elt.querySelector("select.desk-card__select")) detail.elt.reset();
  }
}
