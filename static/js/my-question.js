// @ts-check
import { copy } from "./lib/copy.js";

/** "My question": looks every 20 seconds whether something happened, while somebody looks at the page. */
const page = /** @type {HTMLElement} */ (document.getElementById("my-question"));

/** @returns {number} spread, so that a thousand askers don't come in one second */
function pause_ms() {
  return Number(page.dataset.poll) * 1000 * (0.75 + Math.random() / 2);
}

async function look() {
  try {
    if (document.hidden) return;
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("my-question");
    if (fresh && fresh.dataset.version !== page.dataset.version) take(fresh);
  } catch {
    // Offline: the page stays as it is, the next look comes by itself.
  } finally {
    if (page.dataset.poll) setTimeout(look, pause_ms());
  }
}

/** @param {HTMLElement} fresh */
function take(fresh) {
  page.replaceChildren(...fresh.children);
  page.dataset.version = fresh.dataset.version;
  if (!fresh.dataset.poll) delete page.dataset.poll;
}

page.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-copy-here]");
  const said = button?.parentElement?.querySelector("[data-copied]");
  if (said instanceof HTMLElement) said.hidden = !(await copy(location.href));
});

if (page.dataset.poll) setTimeout(look, pause_ms());
