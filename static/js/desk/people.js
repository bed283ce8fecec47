// @ts-check
/**
 * Who is at the desk: chips in the head, names and figures in the panel. And the other way round: while somebody
 * touches keys or mouse here, the page says so, or colleagues would see them as idle.
 *
 * @typedef {{id: number, name: string, initials: string, holds: number[], idle: string | null,
 *   decided: [number, number]}} Person
 */
const ACTIVE_EVERY_MS = 30_000;

export class People {
  #desk;
  #dialog;
  #openCard;
  #activeAt = Date.now();

  /**
   * @param {HTMLElement} desk
   * @param {HTMLDialogElement} dialog
   * @param {{open: (number: number) => void, say: (message: object) => boolean}} how
   */
  constructor(desk, dialog, { open, say }) {
    this.#desk = desk;
    this.#dialog = dialog;
    this.#openCard = open;
    const active = () => {
      if (Date.now() - this.#activeAt < ACTIVE_EVERY_MS || !say({ active: true })) return;
      this.#activeAt = Date.now();
    };
    for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, active, { passive: true, capture: true });
    dialog.addEventListener("click", this.#clicked);
  }

  /** @param {Person[]} people everybody who is here now */
  tell(people) {
    const button = this.#desk.querySelector(".desk__people");
    if (!(button instanceof HTMLElement)) return;
    button.hidden = people.length === 0;
    button.querySelector("[data-chips]")?.replaceChildren(...people.map((person) => this.#chip(person)));
    this.#dialog.querySelector("[data-people]")?.replaceChildren(...people.map((person) => this.#line(person)));
  }

  /** @param {Person} person */
  #chip(person) {
    const { chip, at } = this.#from("chip");
    chip.title = person.name;
    chip.toggleAttribute("data-idle", person.idle !== null);
    this.#mark(chip, person);
    at("initials").textContent = person.initials;
    at("held").hidden = person.holds.length === 0;
    at("count").textContent = String(person.holds.length);
    at("idle").hidden = person.idle === null;
    return chip;
  }

  /** @param {Person} person */
  #line(person) {
    const { chip: line, at } = this.#from("line");
    this.#mark(line, person);
    at("name").textContent = person.name;
    at("lately").textContent = String(person.decided[0]);
    at("hour").textContent = String(person.decided[1]);
    at("holds").replaceChildren(...person.holds.flatMap((number) => [this.#link(number), " "]));
    at("idle").hidden = person.idle === null;
    at("here").hidden = person.idle !== null;
    const time = at("idle").querySelector("time");
    if (time && person.idle) time.dateTime = person.idle;
    return line;
  }

  /** @param {number} number */
  #link(number) {
    const link = document.createElement("a");
    link.href = (document.getElementById("card")?.dataset.address ?? "").replace("/0/", `/${number}/`);
    link.dataset.number = String(number);
    link.textContent = `№ ${number}`;
    return link;
  }

  /** @param {HTMLElement} element @param {Person} person */
  #mark(element, person) {
    element.toggleAttribute("data-mine", String(person.id) === this.#desk.dataset.user);
  }

  /** @param {string} name */
  #from(name) {
    const template = /** @type {HTMLTemplateElement} */ (this.#dialog.querySelector(`template[data-person="${name}"]`));
    const chip = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
    const at = (/** @type {string} */ place) => /** @type {HTMLElement} */ (chip.querySelector(`[data-f="${place}"]`));
    return { chip, at };
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-number]");
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#dialog.close();
    this.#openCard(Number(link.dataset.number));
  };
}
