// @ts-check
/**
 * Cards in the document: reading them, making them from a frame's HTML, putting a new form in an old one's place.
 */

/** Attributes that a screen's script set on the old card and that the new one must not lose. */
const CARRIED = ["aria-current", "aria-selected", "tabindex"];
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/**
 * @param {string} html exactly one element
 * @returns {HTMLElement}
 */
export function fromHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const element = template.content.firstElementChild;
  if (!(element instanceof HTMLElement)) throw new TypeError("A card is one HTML element.");
  return element;
}

/** @param {Element} list */
export function cardsOf(list) {
  return /** @type {HTMLElement[]} */ ([...list.children].filter((child) => child instanceof HTMLElement && child.dataset.id));
}

/**
 * Replaces `old` by `fresh`, by default where it stands: focus, open details, marked inputs and the row's own
 * state stay.
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 * @param {() => void} [place] puts `fresh` elsewhere
 */
export function replaceCard(old, fresh, place) {
  const focus = focusIn(old);
  handOver(old, fresh);
  if (place) {
    place();
    old.remove();
  } else {
    old.replaceWith(fresh);
  }
  restoreFocus(fresh, focus);
}

/**
 * Hands over to `fresh` what belongs to the person and not to the card.
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 */
function handOver(old, fresh) {
  for (const name of CARRIED) {
    const value = old.getAttribute(name);
    if (value !== null && !fresh.hasAttribute(name)) fresh.setAttribute(name, value);
  }
  for (const details of old.querySelectorAll("details[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (twin instanceof HTMLDetailsElement) twin.open = /** @type {HTMLDetailsElement} */ (details).open;
  }
  for (const kept of old.querySelectorAll("[data-keep]")) {
    const name = /** @type {HTMLElement} */ (kept).dataset.keep ?? "";
    fresh.querySelector(`[data-keep="${CSS.escape(name)}"]`)?.replaceWith(kept);
  }
}

/**
 * @param {HTMLElement} card
 * @returns {{id: string, name: string | null, place: number, element: HTMLElement} | null}
 */
function focusIn(card) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !card.contains(active)) return null;
  const place = active === card ? -1 : [...card.querySelectorAll(FOCUSABLE)].indexOf(active);
  return { id: active.id, name: active.getAttribute("name"), place, element: active };
}

/**
 * @param {HTMLElement} card
 * @param {ReturnType<typeof focusIn>} focus
 */
function restoreFocus(card, focus) {
  if (!focus) return;
  const all = [...card.querySelectorAll(FOCUSABLE)];
  const target =
    (card.contains(focus.element) && focus.element) ||
    (focus.place < 0 && card) ||
    (focus.id && card.querySelector(`#${CSS.escape(focus.id)}`)) ||
    (focus.name && card.querySelector(`[name="${CSS.escape(focus.name)}"]`)) ||
    all[focus.place] ||
    all[0] ||
    card;
  /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
}

/**
 * Moves the focus off a card that goes away, to its neighbour: never to the top of the page.
 * @param {HTMLElement} card
 */
export function passFocusOn(card) {
  if (!card.contains(document.activeElement)) return;
  const isHere = (/** @type {Element | null} */ other) => other instanceof HTMLElement && !other.inert;
  let next = card.nextElementSibling;
  while (next && !isHere(next)) next = next.nextElementSibling;
  let previous = card.previousElementSibling;
  while (!next && previous && !isHere(previous)) previous = previous.previousElementSibling;
  const neighbour = next ?? previous ?? card.parentElement;
  if (!(neighbour instanceof HTMLElement)) return;
  const target = neighbour.matches(FOCUSABLE) ? neighbour : neighbour.querySelector(FOCUSABLE) ?? neighbour;
  if (target === neighbour && !neighbour.hasAttribute("tabindex")) neighbour.tabIndex = -1;
  /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
}

/**
 * The card before which a card with this key belongs; null = at the end. Leaving cards are passed over.
 * @param {Element} list
 * @param {import("./frames.js").Card} card
 * @param {(a: import("./frames.js").Card, b: import("./frames.js").Card) => number} compare
 */
export function placeFor(list, card, compare) {
  for (const other of cardsOf(list)) {
    if (other.classList.contains("leaving") || Number(other.dataset.id) === card.id) continue;
    if (compare(card, { id: Number(other.dataset.id), key: other.dataset.key ?? "" }) < 0) return other;
  }
  return null;
}

/**
 * @param {HTMLElement} card
 * @returns {Element | null} the next card that is here to stay
 */
export function nextCard(card) {
  let next = card.nextElementSibling;
  while (next && (next.classList.contains("leaving") || !next.hasAttribute("data-id"))) next = next.nextElementSibling;
  return next;
}

/**
 * Brings counters, small facts on cards and "nothing here yet" notes in line with the state.
 * @param {ParentNode} root
 * @param {import("./frames.js").State} state
 */
export function settleFacts(root, { counts, side }) {
  for (const counter of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-count]"))) {
    const n = counts[counter.dataset.count ?? ""];
    if (n !== undefined) setText(counter, String(n));
  }
  for (const fact of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-side]"))) {
    const facts = /** @type {Record<string, unknown> | undefined} */ (side[fact.dataset.side ?? ""]);
    const id = fact.closest("[data-id]")?.getAttribute("data-id");
    if (facts && id) setText(fact, String(facts[id] ?? fact.dataset.none ?? ""));
  }
  for (const note of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-empty-for]"))) {
    const list = root.querySelector(`[data-list="${CSS.escape(note.dataset.emptyFor ?? "")}"]`);
    if (list) note.hidden = cardsOf(list).length > 0;
  }
}

/**
 * Touches the document only where the text differs: a live region would speak otherwise.
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
