// @ts-check
import { askWhy } from "./row-aside.js";
import { idOf } from "./rows.js";

/**
 * A step from the row itself, without its card.
 * @param {HTMLElement} desk
 * @param {HTMLElement} row
 * @param {string} move
 */
export function takeStep(desk, row, move) {
  if (move === "set_aside") askWhy(row, (reason) => decide(desk, row, { move, reason }));
  else decide(desk, row, { move });
}

/** @param {HTMLElement} desk @param {HTMLElement} row @param {Record<string, string>} step */
function decide(desk, row, step) {
  const { htmx } = /** @type {any} */ (globalThis);
  const address = (desk.dataset.moves ?? "").replace("/0/", `/${idOf(row)}/`);
  const values = { ...step, expect: row.dataset.version ?? "" };
  // What goes wrong is told by the events of the request.
  htmx.ajax("POST", address, { values, swap: "none", source: row }).catch(() => {});
}
