// @ts-check
/**
 * The pace of the desk: what came in (bars up) and what was decided (bars down) in each minute of the last hour, and
 * how many waited (line). The server counts; the words and their units come with the page. Nothing moves by itself.
 *
 * @typedef {{arrived: number[], decided: number[], waiting: number[], outlook: string, minutes: number | null,
 *   oldest: {number: number, at: string} | null}} Told
 */
const SVG = "http://www.w3.org/2000/svg";
// Of the drawing, in its own units: a minute is one wide, each half so high.
const HALF = 20;
// The bars of a calm evening are not blown up to the full height.
const LEAST_TOP = 4;
const LATE = 10;

export class Pace {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {Told} told */
  tell(told) {
    this.#draw(told);
    const [came, decided] = [told.arrived, told.decided].map((one) => sum(one.slice(-LATE)));
    const waiting = told.waiting.at(-1) ?? 0;
    const { words, outlook } = this.#root.dataset;
    this.#write("came", String(came));
    this.#write("decided", String(decided));
    this.#write("waiting", String(waiting));
    this.#write("outlook", this.#outlook(told));
    this.#write("words", fill(words ?? "", { came, decided, waiting }));
    this.#place("outlook").title = outlook ?? "";
    this.#place("outlook").dataset.outlook = told.outlook;
    this.#oldest(told.oldest);
  }

  /** @param {Told} told */
  #outlook({ outlook, minutes }) {
    const { empties, growing, empty } = this.#root.dataset;
    if (outlook === "empties") return fill(empties ?? "", { minutes: String(minutes) });
    return { growing, empty }[outlook] ?? "—";
  }

  /** @param {Told["oldest"]} oldest */
  #oldest(oldest) {
    const link = this.#place("oldest");
    const none = this.#place("no-oldest");
    link.hidden = !oldest;
    none.hidden = oldest !== null;
    if (!oldest || link.dataset.opensCard === String(oldest.number)) return;
    link.dataset.opensCard = String(oldest.number);
    link.setAttribute("href", (this.#root.dataset.card ?? "").replace("/0/", `/${oldest.number}/`));
    const age = document.createElement("local-time");
    age.dataset.format = "age";
    const time = document.createElement("time");
    time.dateTime = oldest.at;
    age.append(time);
    const number = document.createElement("span");
    number.className = "pace__number";
    number.textContent = `№ ${oldest.number} · `;
    link.replaceChildren(number, age);
  }

  /** @param {Told} told */
  #draw({ arrived, decided, waiting }) {
    const top = Math.max(LEAST_TOP, ...arrived, ...decided);
    const most = Math.max(LEAST_TOP, ...waiting);
    this.#bars("arrived", arrived.map((n) => ({ height: (HALF * n) / top, y: HALF - (HALF * n) / top })));
    this.#bars("decided", decided.map((n) => ({ height: (HALF * n) / top, y: HALF })));
    const points = waiting.map((n, minute) => `${minute + 0.5},${(2 * HALF * (1 - n / most)).toFixed(2)}`);
    this.#root.querySelector("polyline")?.setAttribute("points", points.join(" "));
  }

  /** @param {string} name @param {{height: number, y: number}[]} bars */
  #bars(name, bars) {
    const group = this.#root.querySelector(`[data-bars="${name}"]`);
    group?.replaceChildren(
      ...bars.flatMap(({ height, y }, minute) => {
        if (!height) return [];
        const bar = document.createElementNS(SVG, "rect");
        for (const [key, value] of Object.entries({ x: minute + 0.1, y, width: 0.8, height })) {
          bar.setAttribute(key, value.toFixed(2));
        }
        return [bar];
      }),
    );
  }

  /** @param {string} name */
  #place(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`[data-pace="${name}"]`));
  }

  /** @param {string} name @param {string} text */
  #write(name, text) {
    const place = this.#place(name);
    if (place.textContent !== text) place.textContent = text;
  }
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((all, one) => all + one, 0);
}

/** @param {string} text with {names} @param {Record<string, string | number>} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}
