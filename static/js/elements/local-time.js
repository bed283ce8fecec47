// @ts-check
import { speaks } from "../lib/locale.js";

/**
 * <local-time data-format="time|date|datetime|age|elapsed" data-tz="Asia/Almaty"><time datetime="…">10:42</time></local-time>
 * Writes the time in the unit's zone (data-tz here or on any ancestor; else the reader's own), in the page's language.
 * `age` ("4 min ago") and `elapsed` (0:42:07 since then) keep running. Without JavaScript the server's text stays.
 */
/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { day: "numeric", month: "long", year: "numeric" },
  datetime: { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
/** Some browsers come without Kazakh: the words for an age that their locale data would hold. */
const KAZAKH_AGE = { now: "қазір", minute: "мин бұрын", hour: "сағ бұрын", day: "күн бұрын" };
const RUNNING = new Set(["age", "elapsed"]);
const EVERY_S = { elapsed: 1, age: 10 };

/** @type {Set<LocalTime>} One clock for all of them: a desk has hundreds. */
const running = new Set();
let ticks = 0;

function tick() {
  ticks += 1;
  if (document.hidden) return;
  for (const element of running) {
    if (ticks % EVERY_S[/** @type {"age" | "elapsed"} */ (element.format)] === 0) element.write();
  }
}

/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;

export class LocalTime extends HTMLElement {
  get format() {
    return this.dataset.format ?? "time";
  }

  connectedCallback() {
    this.write();
    if (!RUNNING.has(this.format)) return;
    running.add(this);
    clock ??= setInterval(tick, 1000);
  }

  disconnectedCallback() {
    running.delete(this);
    if (running.size || clock === undefined) return;
    clearInterval(clock);
    clock = undefined;
  }

  write() {
    const time = this.querySelector("time");
    const moment = time && new Date(time.dateTime);
    if (!moment || Number.isNaN(moment.valueOf())) return;
    const text = this.#text(moment);
    if (text !== null && time.textContent !== text) time.textContent = text;
  }

  /** @param {Date} moment */
  #text(moment) {
    const passed_s = Math.max(0, Math.floor((Date.now() - moment.valueOf()) / 1000));
    if (this.format === "elapsed") return elapsed(passed_s);
    const language = document.documentElement.lang;
    if (this.format === "age") return age(passed_s, language);
    // Where the browser lacks the language, the server's words are better than another language's.
    if (!speaks(language)) return null;
    const zone = /** @type {HTMLElement | null} */ (this.closest("[data-tz]"))?.dataset.tz;
    return new Intl.DateTimeFormat(language, { ...FORMATS[this.format], timeZone: zone }).format(moment);
  }
}

/** @param {number} passed_s */
function elapsed(passed_s) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${Math.floor(passed_s / 3600)}:${two(Math.floor(passed_s / 60) % 60)}:${two(passed_s % 60)}`;
}

/** @param {number} passed_s @param {string} language */
function age(passed_s, language) {
  if (passed_s < 60) return inWords(0, "minute", language);
  if (passed_s < 3600) return inWords(Math.floor(passed_s / 60), "minute", language);
  if (passed_s < 86_400) return inWords(Math.floor(passed_s / 3600), "hour", language);
  return inWords(Math.floor(passed_s / 86_400), "day", language);
}

/** @param {number} n @param {"minute" | "hour" | "day"} unit @param {string} language */
function inWords(n, unit, language) {
  if (language.startsWith("kk") && !speaks(language)) {
    return n ? `${n} ${KAZAKH_AGE[unit]}` : KAZAKH_AGE.now;
  }
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  return n ? format.format(-n, unit) : format.format(0, "second");
}

customElements.define("local-time", LocalTime);
