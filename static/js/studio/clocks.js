// @ts-check
import { speaks } from "../lib/locale.js";

/**
 * <wall-clock>: the time now in the zone of the nearest [data-tz].
 * <count-down data-to="ISO" data-late="It is time">: what is left until then.
 */
/** @type {Set<{write: () => void}>} */
const running = new Set();
setInterval(() => {
  for (const clock of running) clock.write();
}, 1000);

class Running extends HTMLElement {
  connectedCallback() {
    running.add(this);
    this.write();
  }

  disconnectedCallback() {
    running.delete(this);
  }

  /** @returns {string} */
  text() {
    return "";
  }

  write() {
    const text = this.text();
    if (this.textContent !== text) this.textContent = text;
  }
}

class WallClock extends Running {
  text() {
    const zone = /** @type {HTMLElement | null} */ (this.closest("[data-tz]"))?.dataset.tz;
    const options = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    return new Intl.DateTimeFormat(document.documentElement.lang, options).format(new Date());
  }
}

class CountDown extends Running {
  text() {
    const left_s = Math.ceil((new Date(this.dataset.to ?? "").valueOf() - Date.now()) / 1000);
    if (!(left_s > 0)) return this.dataset.late ?? "";
    const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const days = Math.floor(left_s / 86_400);
    const clock = `${two(Math.floor(left_s / 3600) % 24)}:${two(Math.floor(left_s / 60) % 60)}:${two(left_s % 60)}`;
    if (!days) return clock;
    return `${inDays(days, document.documentElement.lang)} ${clock}`;
  }
}

/** @param {number} days @param {string} language */
function inDays(days, language) {
  // Some browsers come without Kazakh and would say it in English.
  if (language === "kk" && !speaks(language)) return `${days} күн`;
  return new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
}

customElements.define("wall-clock", WallClock);
customElements.define("count-down", CountDown);
