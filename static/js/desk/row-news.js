// @ts-check
/**
 * What the socket's frames mean for the rows, once they stand on the page.
 *
 * @typedef {import("../elements/live-screen.js").LiveScreen} LiveScreen
 * @typedef {import("./alarm.js").Alarm} Alarm
 * @typedef {import("./claims.js").Claims} Claims
 * @typedef {import("./offline.js").Offline} Offline
 * @typedef {import("./rail.js").Rail} Rail
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./selection.js").Selection} Selection
 */

/**
 * @param {LiveScreen} screen
 * @param {HTMLElement} desk
 * @param {{rows: Rows, rail: Rail | null, offline: Offline, claims: Claims, search: Search, selection: Selection,
 *   alarm: Alarm}} parts
 */
export function followRowNews(screen, desk, { rows, rail, offline, claims, search, selection, alarm }) {
  screen.addEventListener("live:put", (event) => {
    const { id, element } = /** @type {CustomEvent} */ (event).detail;
    // The head is no row.
    if (id === 0) return;
    rail?.settle();
    offline.show();
    claims.draw(element);
    search.forget(id);
    search.apply();
    alarm.look();
    if (id === rows.chosen) rows.choose(id);
  });

  screen.addEventListener("live:drop", (event) => {
    alarm.look();
    selection.settle();
    const stamped = desk.querySelector(`.leaving[data-id="${/** @type {CustomEvent} */ (event).detail.id}"]`);
    if (stamped instanceof HTMLElement) offerUndo(stamped, desk.dataset.user);
  });

  screen.addEventListener("live:held", (event) => {
    const { list } = /** @type {CustomEvent} */ (event).detail;
    // Where no row stands, none can be moved under the mouse.
    const place = desk.querySelector(`[data-list="${CSS.escape(list)}"]`);
    if (place && !place.querySelector(".row:not(.leaving)")) screen.release(list);
  });

  screen.addEventListener("live:counts", (event) => {
    search.settleOutcomes();
    const { counts } = /** @type {CustomEvent} */ (event).detail;
    const cut = desk.querySelector("[data-cut-at]");
    if (cut instanceof HTMLElement) cut.hidden = Math.max(counts.new, counts.approved) <= Number(cut.dataset.cutAt);
  });
}

/** Their own stamped row may be taken back as long as it stands. @param {HTMLElement} row @param {string} [user] */
function offerUndo(row, user) {
  const button = row.querySelector("[data-undo-of]");
  if (!(button instanceof HTMLButtonElement) || button.dataset.undoOf !== user) return;
  button.hidden = false;
  row.inert = false;
  /** @type {any} */ (globalThis).htmx?.process(row);
}
