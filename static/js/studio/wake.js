// @ts-check
/** Keeps the tablet's screen lit while the page is in front; where the browser can't, nothing is lost. */
async function hold() {
  if (document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused on a low battery or without a gesture: the next time the page comes to the front, again.
  }
}

document.addEventListener("visibilitychange", hold);
hold();
