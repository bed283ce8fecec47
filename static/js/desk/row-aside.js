// @ts-check
/**
 * Asks in the row why it is no question: each reason is one tap, and it is public, so nobody chooses it for the person.
 * @param {HTMLElement} row
 * @param {(reason: string) => void} then not called where they think better of it
 */
export function askWhy(row, then) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("row-aside"));
  for (const open of document.querySelectorAll(".row > .row__aside")) open.remove();
  const choice = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  choice.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-reason]");
    if (!(button instanceof HTMLElement)) return;
    choice.remove();
    if (button.dataset.reason) then(button.dataset.reason);
  });
  row.append(choice);
  choice.querySelector("button")?.focus();
}
