// @ts-check
/** So long an answer may take. Then it counts as none, and what waits for it goes on. */
export const PATIENCE_MS = 20_000;

/** @param {AbortController} asking @returns {() => void} to be called when the answer is there */
export function giveUpLate(asking) {
  const timer = setTimeout(() => asking.abort(new DOMException("No answer", "TimeoutError")), PATIENCE_MS);
  return () => clearTimeout(timer);
}
