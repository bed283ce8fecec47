// @ts-check
/** The chief's screen. The card comes by frames; this file guards the fingers and the typed words. */
import "./elements/fit-text.js";
import "./elements/live-screen.js";
import "./studio/clocks.js";
import "./studio/wake.js";

// A double tap must not decide on the question that has just come under the finger.
const GUARD_MS = 700;

const screen = /** @type {import("./elements/live-screen.js").LiveScreen | null} */ (document.querySelector("live-screen"));
const words = /** @type {HTMLElement | null} */ (document.getElementById("studio-words"));
const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("studio-promise"));
const speaker = document.querySelector("[data-speaks-now]");

/** What the buttons speak of; they rest for a moment whenever it becomes something else. */
function subject() {
  const head = document.getElementById("head");
  return `${head?.dataset.state} ${head?.dataset.now} ${head?.querySelector("#studio-next") ? "next" : ""}`;
}

let shown = subject();
let now = document.getElementById("head")?.dataset.now;

/** @param {Element} head */
function guard(head) {
  const buttons = head.querySelector(".studio__buttons");
  if (!(buttons instanceof HTMLElement)) return;
  const focused = buttons.contains(document.activeElement);
  buttons.inert = true;
  setTimeout(() => {
    buttons.inert = false;
    if (focused && document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (buttons.querySelector("button, a"))?.focus({ preventScroll: true });
    }
  }, GUARD_MS);
}

/** Words that somebody types stay when the card is replaced; untouched fields take the fresh value. */
function settleFields() {
  for (const field of document.querySelectorAll("#head input[data-keep]")) {
    const input = /** @type {HTMLInputElement} */ (field);
    if (input.value !== input.defaultValue) continue;
    const name = input.dataset.keep;
    input.dataset.keep = "untouched";
    input.addEventListener("input", () => (input.dataset.keep = name), { once: true });
  }
}

/** @param {Element} head */
function speak(head) {
  const number = /** @type {HTMLElement} */ (head).dataset.now;
  if (number === now) return;
  now = number;
  const text = number && head.querySelector(".studio__text")?.textContent;
  if (speaker) speaker.textContent = text ? `${words?.dataset.now} ${text}` : "";
}

settleFields();
screen?.addEventListener("live:put", (event) => {
  const { id, element } = /** @type {CustomEvent} */ (event).detail;
  if (id !== 0) return;
  const is = subject();
  if (is !== shown) guard(element);
  shown = is;
  settleFields();
  speak(element);
});

const note = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-note]"));

screen?.addEventListener("live:side", (event) => {
  const { note: told } = /** @type {CustomEvent} */ (event).detail.side;
  if (!note) return;
  const shows = Boolean(told && !told.read_at);
  const words = note.querySelector("[data-note-text]");
  // Set before it is shown, so that a screen reader says the new words and not the last ones.
  if (shows && words) {
    words.textContent = told.text;
    /** @type {HTMLInputElement} */ (note.elements.namedItem("note")).value = told.id;
  }
  note.hidden = !shows;
});

// At once: the chief's eyes are on the camera again. What did not arrive was not read.
note?.addEventListener("htmx:beforeRequest", () => (note.hidden = true));
note?.addEventListener("htmx:afterRequest", (event) => {
  if (!/** @type {CustomEvent} */ (event).detail.successful) note.hidden = false;
});

document.body.addEventListener("htmx:oobAfterSwap", () => {
  // Only the last thing that was done is of use: an older toast would offer an undo that is refused.
  for (const old of [...document.querySelectorAll("#toasts .toast")].slice(0, -1)) old.remove();
  const carrier = document.getElementById("studio-frame");
  const frame = carrier?.dataset.frame;
  if (!carrier || !frame) return;
  delete carrier.dataset.frame;
  screen?.receive(JSON.parse(frame));
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const body = /** @type {Element} */ (event.target).closest("#studio-promise-body");
  if (!body || !dialog) return;
  // A taken promise swaps nothing in, but htmx tells of it here all the same.
  const { verb } = /** @type {CustomEvent} */ (event).detail.requestConfig ?? {};
  if (verb === "get" && !dialog.open) dialog.showModal();
  /** @type {HTMLElement | null} */ (body.querySelector(".error-summary"))?.focus();
});

document.body.addEventListener("studio:done", () => dialog?.close());

dialog?.addEventListener("click", (event) => {
  // "Cancel" is a link for pages without scripts.
  if (/** @type {Element} */ (event.target).closest("a[data-closes]")) event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (new URL(detail.xhr.responseURL, location.href).pathname.startsWith("/studio/")) return;
  // Who was signed out meanwhile: the banner leads to the sign-in, which has no place in here.
  detail.shouldSwap = false;
  /** @type {any} */ (document.getElementById("toasts"))?.show(words?.dataset.failed ?? "", "danger");
});

for (const [name, text] of /** @type {[string, "unsent" | "failed"][]} */ ([
  ["htmx:sendError", "unsent"],
  ["htmx:timeout", "unsent"],
  ["htmx:responseError", "failed"],
])) {
  document.body.addEventListener(name, () => {
    /** @type {any} */ (document.getElementById("toasts"))?.show(words?.dataset[text] ?? "", "danger");
  });
}
