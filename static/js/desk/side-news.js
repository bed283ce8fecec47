// @ts-check
/**
 * What the socket tells beside the journal: who is here, who works on what, how the sources and the pace are.
 *
 * @typedef {import("../elements/live-screen.js").LiveScreen} LiveScreen
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./claims.js").Claims} Claims
 * @typedef {import("./pace.js").Pace} Pace
 * @typedef {import("./people.js").People} People
 * @typedef {import("./rail.js").Rail} Rail
 * @typedef {import("./sources.js").Sources} Sources
 */

/**
 * @param {LiveScreen} screen
 * @param {HTMLElement} pane
 * @param {{card: CardPane, rail: Rail | null, sources: Sources, pace: Pace, claims: Claims, people: People}} parts
 */
export function followSideNews(screen, pane, { card, rail, sources, pace, claims, people }) {
  screen.addEventListener("live:side", (event) => {
    const { side } = /** @type {CustomEvent} */ (event).detail;
    if ("note" in side) rail?.tell(side.note);
    if (side.sources?.of) sources.tell(side.sources);
    toldBack(pane, side.told?.[card.number]);
    if (side.pace) pace.tell(side.pace);
    if (side.claims) {
      claims.tell(side.claims);
      card.told(side.claims);
    }
    if (side.people) people.tell(side.people);
  });
}

/**
 * A message back to the asker of the open question has changed at this moment: only its lines come anew.
 * @param {HTMLElement} pane
 * @param {string | undefined} at
 */
function toldBack(pane, at) {
  const place = pane.querySelector("#at-source");
  if (!at || !(place instanceof HTMLElement) || at <= (place.dataset.told ?? "")) return;
  place.dataset.told = at;
  /** @type {any} */ (globalThis).htmx?.ajax("GET", place.dataset.address, { target: place, swap: "outerHTML" });
}
