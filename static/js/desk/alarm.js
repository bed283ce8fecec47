// @ts-check
/**
 * An urgent question is heard on every desk: two rising tones and a notice, once for each question. A browser
 * gives sound only to a page that was touched; until then the notice alone speaks.
 */
const TONES_HZ = [660, 880, 660, 880];
const TONE_S = 0.18;

export class Alarm {
  #known = new Set();
  #list;
  #say;
  /** @type {AudioContext | null} */
  #sound = null;

  /**
   * @param {HTMLElement | null} list of what is urgent
   * @param {(number: number) => void} say shows the notice
   */
  constructor(list, say) {
    this.#list = list;
    this.#say = say;
    for (const row of this.#rows) this.#known.add(row.dataset.id);
    for (const touch of ["pointerdown", "keydown"]) {
      document.addEventListener(touch, () => this.#wake(), { once: true, capture: true });
    }
  }

  /** @returns {HTMLElement[]} */
  get #rows() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#list?.querySelectorAll(".row:not(.leaving)") ?? [])];
  }

  /** Called after rows came or went. */
  look() {
    const there = new Set(this.#rows.map((row) => row.dataset.id));
    const fresh = [...there].filter((id) => !this.#known.has(id));
    this.#known = there;
    if (!fresh.length) return;
    for (const id of fresh) this.#say(Number(id));
    this.#ring();
  }

  #wake() {
    this.#sound ??= new AudioContext();
    void this.#sound.resume();
  }

  #ring() {
    const sound = this.#sound;
    if (!sound || sound.state !== "running") return;
    TONES_HZ.forEach((hertz, place) => {
      const tone = sound.createOscillator();
      const loudness = sound.createGain();
      const at = sound.currentTime + place * TONE_S;
      tone.frequency.value = hertz;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
      loudness.gain.linearRampToValueAtTime(0, at + TONE_S);
      tone.connect(loudness).connect(sound.destination);
      tone.start(at);
      tone.stop(at + TONE_S);
    });
  }
}
