// @ts-check
/**
 * Who works on which question, on the rows: the holder's initials and for how long. The server says who and since
 * when; the age goes on by itself.
 *
 * @typedef {{holder: number, initials: string, since: string}} Claim
 */
export class Claims {
  #desk;
  /** @type {Record<string, Claim>} */
  #of = {};

  /** @param {HTMLElement} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {Record<string, Claim>} claims all that hold now, by number */
  tell(claims) {
    this.#of = claims;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.#desk.querySelectorAll(".row"))) this.draw(row);
  }

  /** @param {HTMLElement} row */
  draw(row) {
    const place = row.querySelector(".row__claim");
    const [holder, age] = [place?.querySelector(".holder"), place?.querySelector("local-time")];
    if (!(place instanceof HTMLElement) || !holder || !age) return;
    const claim = this.#of[row.dataset.id ?? ""];
    place.hidden = !claim;
    holder.textContent = claim?.initials ?? "";
    place.toggleAttribute("data-mine", claim !== undefined && String(claim.holder) === this.#desk.dataset.user);
    const time = /** @type {HTMLTimeElement} */ (age.querySelector("time"));
    time.dateTime = claim?.since ?? "";
    if (claim) /** @type {import("../elements/local-time.js").LocalTime} */ (age).write();
  }
}
