// @ts-check
/**
 * What the operator's OBS says, beside what the reception says. Where the two differ this page offers the step that
 * brings them together; it takes none by itself.
 */
import { ObsSocket } from "../lib/obs-socket.js";

const root = /** @type {HTMLElement} */ (document.getElementById("obs"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("obs-connect"));
const obs = new ObsSocket();
/** @type {{isOn: boolean, durationMs: number} | null} */
let stream = null;
let hasStopped = false;

/** @param {string} name @param {string} value */
function choose(name, value) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${name}]`))) {
    place.hidden = !(place.dataset[name] ?? "").split(" ").includes(value);
  }
}

/** @param {string} id */
function typed(id) {
  return /** @type {HTMLInputElement} */ (document.getElementById(id)).value;
}

/** @param {number} ms */
function written(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** @param {string} name @param {string} text */
function write(name, text) {
  for (const place of root.querySelectorAll(`[data-f="${name}"]`)) {
    if (place.textContent !== text) place.textContent = text;
  }
}

function draw() {
  const { state = "", since = "", shift = "0", max = "0" } =
    /** @type {HTMLElement} */ (document.getElementById("obs-reception")).dataset;
  const isOnAir = state === "live" || state === "paused";
  let offer = "none";
  if (stream?.isOn && state === "scheduled") offer = "go_live";
  else if (stream && !stream.isOn && hasStopped && isOnAir) offer = "end";
  else if (stream?.isOn && isOnAir) {
    const clock = Date.now() - Date.parse(since);
    const wanted = Math.round((stream.durationMs - clock) / 1000);
    const isFar = Math.abs(wanted) > Number(max);
    offer = isFar ? "far" : Math.abs(wanted - Number(shift)) > 1 ? "shift" : "agrees";
    write("ours", written(clock + Number(shift) * 1000));
    const field = root.querySelector('[name="shift_s"]');
    if (field instanceof HTMLInputElement) field.value = String(wanted);
  }
  choose("offer", offer);
  choose("stream", stream === null ? "unknown" : stream.isOn ? "on" : "off");
  write("obs", stream?.isOn ? written(stream.durationMs) : "");
}

/** The reception as it is now, after a step was taken here or by a colleague. */
async function look() {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("obs-reception");
  if (fresh) document.getElementById("obs-reception")?.replaceWith(document.importNode(fresh, true));
  draw();
}

obs.addEventListener("obs:state", (event) => {
  const { state } = /** @type {CustomEvent} */ (event).detail;
  if (state !== "ready") stream = null;
  choose("when", state);
  draw();
});
obs.addEventListener("obs:stream", (event) => {
  const { isOn, durationMs, changed } = /** @type {CustomEvent} */ (event).detail;
  stream = { isOn, durationMs };
  if (changed) hasStopped = !isOn;
  draw();
  if (changed) void look();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  hasStopped = false;
  obs.open(Number(typed("obs-port")), typed("obs-password"));
});
document.body.addEventListener("htmx:afterRequest", () => void look());
choose("when", "off");
draw();
