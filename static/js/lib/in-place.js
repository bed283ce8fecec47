// @ts-check
/**
 * Changing a list without moving what a person is looking at or pointing to.
 */

/** Where the mouse is. Not :hover, which passes over inert cards and lags behind a change. */
let mouse = /** @type {{x: number, y: number} | null} */ (null);
document.addEventListener("pointermove", (event) => {
  mouse = event.pointerType === "mouse" ? { x: event.clientX, y: event.clientY } : null;
}, { passive: true });
document.documentElement.addEventListener("pointerleave", () => {
  mouse = null;
});

/** @param {Element} list @returns {Element | null} the child of the list that the mouse is on */
function pointedAt(list) {
  const scroller = scrollerOf(list);
  // A list may be longer than the window through which it is seen.
  const isSeen = scroller === document.scrollingElement || isOver(scroller);
  if (!mouse || !isSeen || !isOver(list)) return null;
  return [...list.children].find(isOver) ?? null;
}

/** @param {Element} element */
function isOver(element) {
  if (!mouse) return false;
  const box = element.getBoundingClientRect();
  return mouse.x >= box.left && mouse.x < box.right && mouse.y >= box.top && mouse.y < box.bottom;
}

/**
 * @param {Element} element
 * @returns {Element} the nearest ancestor that scrolls
 */
function scrollerOf(element) {
  for (let node = element.parentElement; node; node = node.parentElement) {
    const { overflowY } = getComputedStyle(node);
    if ((overflowY === "auto" || overflowY === "scroll") && node.scrollHeight > node.clientHeight) return node;
  }
  return document.scrollingElement ?? document.documentElement;
}

/**
 * The card that must not move: the one under the mouse, else the one with the focus, else, in a list that is
 * scrolled past its beginning, the first one that can be seen.
 * @param {Element} list
 * @returns {Element | null}
 */
function anchorOf(list) {
  const pointed = pointedAt(list);
  if (pointed) return pointed;
  if (document.activeElement && list.contains(document.activeElement)) {
    return [...list.children].find((child) => child.contains(document.activeElement)) ?? null;
  }
  const top = Math.max(0, scrollerOf(list).getBoundingClientRect().top);
  if (list.getBoundingClientRect().top >= top) return null;
  return [...list.children].find((child) => child.getBoundingClientRect().bottom > top) ?? null;
}

/**
 * Whether taking `card` away would move what is under the mouse more than scrolling can make good.
 * @param {Element} card
 */
export function wouldMove(card) {
  const list = card.parentElement;
  const anchor = list && pointedAt(list);
  if (!anchor) return false;
  if (anchor === card) return true;
  const isBelow = Boolean(anchor.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING);
  return !isBelow && scrollerOf(card).scrollTop < card.getBoundingClientRect().height;
}

/**
 * Runs `change` and scrolls by as much as it moved the anchor.
 * @param {Element} list
 * @param {() => void} change
 */
export function inPlace(list, change) {
  const anchor = anchorOf(list);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  change();
  if (!anchor?.isConnected) return;
  const moved = anchor.getBoundingClientRect().top - before;
  if (moved) scrollerOf(anchor).scrollTop += moved;
}
