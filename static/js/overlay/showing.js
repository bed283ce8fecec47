// @ts-check
/**
 * Whether the strip is seen. Pure: times are given, in milliseconds of the server's clock.
 *
 * @typedef {{hidden: boolean, auto_hide_s: number, asker: boolean, revision: number}} Setting
 */

/**
 * @param {Setting} setting
 * @param {number} since when the question was put on air; NaN: none is
 * @param {number} now
 */
export function isSeen(setting, since, now) {
  if (Number.isNaN(since) || setting.hidden) return false;
  return !setting.auto_hide_s || now < since + setting.auto_hide_s * 1000;
}

/**
 * @param {Setting} setting
 * @param {number} since
 * @param {number} now
 * @returns {number | null} milliseconds until it hides by itself; null: it doesn't, or has
 */
export function leavesIn_ms(setting, since, now) {
  if (!setting.auto_hide_s || !isSeen(setting, since, now)) return null;
  return since + setting.auto_hide_s * 1000 - now;
}
