// @ts-check
/**
 * A person's keys over the keys that the page was made with. Controls and caps carry the default place
 * ([data-code="KeyA"], <kbd data-key="KeyA">); the map says where that is for this person.
 *
 * @typedef {{moved: Record<string, [code: string, shown: string]>, characters: boolean}} Moved
 * as `streams.desk.keymap` writes it: default code → what acts now ("" = nothing) and how it is shown
 */
export class KeyMap {
  /** @type {Moved} */
  #of = { moved: {}, characters: true };
  /** @type {Map<string, string>} */
  #meanings = new Map();

  /** @param {Moved} [of] */
  constructor(of) {
    if (of) this.take(of);
  }

  /** @param {Moved} of */
  take(of) {
    this.#of = of;
    this.#meanings = new Map(Object.entries(of.moved).map(([byDefault, [code]]) => [code, byDefault]));
  }

  /**
   * @param {string} code of the pressed key
   * @returns {string} the default place of what it means now; "" where it means nothing
   */
  meaning(code) {
    if (!code) return "";
    const moved = this.#meanings.get(code);
    if (moved) return moved;
    return code in this.#of.moved || !this.works(code) ? "" : code;
  }

  /** @param {string} code @returns {boolean} false for a character where single keys are off */
  works(code) {
    return this.#of.characters || !isCharacter(code);
  }

  /**
   * @param {string} byDefault
   * @returns {string | null} what its key cap says; "" where it is off; null where it is as at first
   */
  shown(byDefault) {
    return this.#of.moved[byDefault]?.[1] ?? null;
  }
}

/** @param {string} code */
function isCharacter(code) {
  return !/^(Alt\+|Shift\+F\d|F\d|(Shift\+)?Arrow|Undo)/.test(code);
}
