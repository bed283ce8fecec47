// @ts-check
const FIRST_S = 0.5;
const LONGEST_S = 30;

/**
 * Seconds to wait before try number `attempt` (0, 1, 2 …): full jitter, so that three thousand viewers
 * who lost one server do not all come back in the same second.
 * @param {number} attempt
 * @param {() => number} [random] from 0 to 1
 * @param {number} [first] the longest first wait, in seconds
 */
export function waitFor(attempt, random = Math.random, first = FIRST_S) {
  return random() * Math.min(LONGEST_S, first * 2 ** Math.min(attempt, 16));
}
