// @ts-check
/**
 * The preview of pasted comments or of a file: all, none, and how many are chosen. A file is stored in portions;
 * where that stops, pressing again goes on, because what is stored is known by its id.
 */
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-choosing]"));

function boxes() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll('form[data-choosing] input[name="pick"]:not(:disabled)')
  );
}

function count() {
  const shown = form?.querySelector("[data-chosen]");
  if (!(shown instanceof HTMLElement)) return;
  const beyond = Number(shown.dataset.beyond ?? 0);
  shown.textContent = String([...boxes()].filter((box) => box.checked).length + beyond);
}

/** @param {string} name @param {number} by */
function add(name, by) {
  const place = form?.querySelector(`[data-f="${name}"]`);
  if (place) place.textContent = String(Number(place.textContent) + by);
}

/** @param {string} what @param {boolean} isShown */
function show(what, isShown) {
  const place = form?.querySelector(`[data-${what}]`);
  if (place instanceof HTMLElement) place.hidden = !isShown;
}

/** @param {HTMLFormElement} chosen @param {number} start @returns {Promise<number | null>} where to go on */
async function portion(chosen, start) {
  const body = new FormData(chosen);
  body.set("start", String(start));
  const answer = await fetch(chosen.action, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const { next, stored, repeated } = await answer.json();
  add("stored", stored);
  add("repeated", repeated);
  return next;
}

let next = 0;

/** @param {HTMLFormElement} chosen */
async function store(chosen) {
  const bar = chosen.querySelector("progress");
  const controls = /** @type {NodeListOf<HTMLButtonElement>} */ (chosen.querySelectorAll("button"));
  for (const button of controls) button.disabled = true;
  show("progress", true);
  show("stopped", false);
  try {
    for (let at = /** @type {number | null} */ (next); at !== null; ) {
      next = at;
      at = await portion(chosen, at);
      if (bar) bar.value = at ?? bar.max;
    }
    show("done", true);
  } catch {
    for (const button of controls) button.disabled = false;
    show("stopped", true);
  }
}

if (form?.dataset.portions !== undefined) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void store(form);
  });
}
form?.addEventListener("change", count);
form?.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-all]");
  if (!(button instanceof HTMLElement)) return;
  for (const box of boxes()) box.checked = button.dataset.all === "1";
  count();
});
count();
