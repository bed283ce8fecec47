// @ts-check
/**
 * What the server's answers to the forms of the desk mean for the page. Done moves, batches and dealt questions are
 * told by events (HX-Trigger); the rows themselves come through the socket.
 *
 * @typedef {import("../elements/live-screen.js").LiveScreen} LiveScreen
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("./undo.js").Undo} Undo
 * @typedef {import("./view.js").View} View
 */

/**
 * @param {HTMLElement} pane
 * @param {{screen: LiveScreen, rows: Rows, card: CardPane, search: Search, selection: Selection, undo: Undo,
 *   navigation: Navigation, view: View}} parts
 */
export function followAnswers(pane, { screen, rows, card, search, selection, undo, navigation, view }) {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail.verb !== "post" || detail.target !== pane) return;
    detail.parameters.next = rows.after(card.number) || "";
  });

  pane.addEventListener("htmx:afterSwap", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.target !== pane) return;
    // Another question was opened meanwhile and is on its way.
    if (card.current !== card.number) return;
    const isWrong = pane.querySelector("[data-problem], [data-invalid]") !== null;
    const stays = pane.contains(document.activeElement);
    rows.choose(card.number, { focus: !isWrong && !stays });
    history.replaceState(history.state, "", card.address(card.number));
  });

  document.body.addEventListener("desk:done", (event) => {
    const { number, version } = /** @type {CustomEvent} */ (event).detail;
    screen.expect(number);
    undo.settle(number, version);
    search.again();
  });

  document.body.addEventListener("desk:bulk", (event) => {
    const { done } = /** @type {CustomEvent<{done: number[]}>} */ (event).detail;
    const next = rows.afterAll(done);
    for (const id of done) screen.expect(id);
    selection.drop(done);
    search.again();
    void navigation.open(next);
  });

  document.body.addEventListener("desk:dealt", (event) => {
    // It may wait behind the button of the new ones.
    screen.expect(/** @type {CustomEvent} */ (event).detail.number);
    view.turnToCard();
  });

  document.body.addEventListener("desk:arranged", () => {
    /** @type {HTMLDialogElement | null} */ (document.getElementById("suggested"))?.close();
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful } = /** @type {CustomEvent} */ (event).detail;
    if (successful && elt instanceof HTMLFormElement && elt.matches(".rail__note")) elt.reset();
  });
}
