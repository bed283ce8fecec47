// @ts-check
/** The desk: puts rows, card, search and keys together. Commands are forms; the socket tells what is true. */
import "./desk/entry.js";
import "./desk/key-editor.js";
import "./elements/equation-bar.js";
import "./elements/live-screen.js";
import "./elements/panel-tabs.js";
import { Alarm } from "./desk/alarm.js";
import { CardPane, isOfDesk } from "./desk/card.js";
import { Caps } from "./desk/caps.js";
import { Claims } from "./desk/claims.js";
import { KeyMap } from "./desk/keymap.js";
import { choiceFor, codeOf, controlFor, enter, isTyping, press } from "./desk/keys.js";
import { Offline } from "./desk/offline.js";
import { Pace } from "./desk/pace.js";
import { People } from "./desk/people.js";
import { Rail } from "./desk/rail.js";
import { Rows, idOf, linkOf } from "./desk/rows.js";
import { SavedReplies } from "./desk/saved.js";
import { Search } from "./desk/search.js";
import { Selection } from "./desk/selection.js";
import { Undo } from "./desk/undo.js";
import { Sources } from "./desk/sources.js";
import { Swipe } from "./desk/swipe.js";
import { askWhy } from "./desk/row-aside.js";

const LOAD_AFTER_MS = 90;

const screen = /** @type {import("./elements/live-screen.js").LiveScreen} */ (document.querySelector("live-screen"));
const desk = /** @type {HTMLElement} */ (document.getElementById("desk"));
const pane = /** @type {HTMLElement} */ (document.getElementById("card"));
const tabs = /** @type {import("./elements/panel-tabs.js").PanelTabs} */ (document.querySelector("panel-tabs"));
const toasts = /** @type {import("./elements/toast-rack.js").ToastRack} */ (document.getElementById("toasts"));

const keys = new KeyMap(JSON.parse(document.getElementById("desk-keys")?.textContent ?? "null") ?? undefined);
const caps = new Caps(keys);
const rows = new Rows(desk);
const bulk = /** @type {HTMLFormElement} */ (document.getElementById("bulk"));
const undoing = new Undo(toasts);
const selection = new Selection(bulk, rows, (text) => toasts.show(text, "warn"));
const offline = new Offline(desk, /** @type {HTMLElement} */ (document.getElementById("late")), (text, tone) =>
  toasts.show(text, tone),
);
const card = new CardPane(pane, showToast, (number) => offline.card(number));
new SavedReplies(pane);
const search = new Search(
  desk,
  /** @type {HTMLFormElement} */ (document.getElementById("desk-search")),
  /** @type {HTMLElement} */ (document.getElementById("found")),
  () => {
    rows.settle();
    selection.settle();
  },
);
// A standing register has no air and so no rail.
const rail = desk.querySelector('[data-list="queue"]') && new Rail(desk, (values) => {
  const { htmx } = /** @type {any} */ (globalThis);
  htmx.ajax("POST", desk.dataset.place, { values, swap: "none", source: desk });
});
new Swipe(desk, JSON.parse(document.getElementById("move-words")?.textContent ?? "{}"), (row, move) => {
  if (move === "set_aside") askWhy(row, (reason) => decide(row, { move, reason }));
  else decide(row, { move });
});
const alarm = new Alarm(desk.querySelector('[data-list="urgent"]'), (number) =>
  toasts.show(`${desk.dataset.alarm ?? ""}: № ${number}`, "danger"),
);
const sources = new Sources(desk);
const pace = new Pace(/** @type {HTMLElement} */ (document.getElementById("pace")));
const claims = new Claims(desk);
const people = new People(desk, /** @type {HTMLDialogElement} */ (document.getElementById("people")), {
  open: (number) => void open(number),
  say: (message) => screen.send(message),
});
const isNarrow = matchMedia("(max-width: 1099.98px)");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let loading;

/** @param {string} html one of the server's toasts */
function showToast(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const toast = template.content.querySelector(".toast");
  if (toast) toasts.append(toast);
}

/**
 * @param {number} id
 * @param {{focus?: boolean, form?: string}} [how] `form`: the move whose form is opened
 */
async function open(id, { focus = true, form = "" } = {}) {
  if (!id) return;
  clearTimeout(loading);
  rows.choose(id, { focus });
  const isShown = await card.open(id);
  if (!isShown) return;
  if (isNarrow.matches) {
    tabs.show("card");
    /** @type {HTMLElement | null} */ (pane.querySelector("#card-title"))?.focus();
  }
  const details = form && pane.querySelector(`#open-${CSS.escape(form)}`);
  if (details instanceof HTMLDetailsElement) {
    details.open = true;
    enter(details);
  }
}

/** A step from the row itself. @param {HTMLElement} row @param {Record<string, string>} step */
function decide(row, step) {
  const { htmx } = /** @type {any} */ (globalThis);
  const address = (desk.dataset.moves ?? "").replace("/0/", `/${idOf(row)}/`);
  const values = { ...step, expect: row.dataset.version ?? "" };
  // What goes wrong is told by the events of the request.
  htmx.ajax("POST", address, { values, swap: "none", source: row }).catch(() => {});
}

/** Goes through the list; the card follows when the keys rest. @param {number} by */
function go(by) {
  let id = rows.step(by);
  if (by > 0 && (!id || id === rows.chosen)) {
    // At the end of the list: those that wait behind the button are next.
    screen.release("inbox");
    id = rows.step(by);
  }
  if (!id) return;
  rows.choose(id, { focus: true });
  clearTimeout(loading);
  loading = setTimeout(() => void open(id), LOAD_AFTER_MS);
}

// --- The mouse ------------------------------------------------------------------------------------

desk.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.metaKey || choose(event, target)) return;
  const named = target.closest("[data-opens-card]");
  if (named instanceof HTMLElement) {
    event.preventDefault();
    void open(Number(named.dataset.opensCard), { form: named.dataset.opensForm });
    return;
  }
  if (target.closest("[data-filter][href]")) rows.restart();
  if (target.closest("[data-alone-switch]")) stayAlone(!desk.hasAttribute("data-alone"));
  const goes = target.closest("[data-go]");
  if (goes instanceof HTMLElement) go(Number(goes.dataset.go));
  if (target.closest("[data-refresh]")) void card.open(card.number, { force: true });
  const row = target.closest(".row");
  if (!(row instanceof HTMLElement) || target.closest("button")) return;
  event.preventDefault();
  void open(idOf(row));
});

/** Only the open question is shown, or everything. @param {boolean} isAlone */
function stayAlone(isAlone) {
  document.body.toggleAttribute("data-alone", isAlone);
  desk.toggleAttribute("data-alone", isAlone);
  desk.querySelector("[data-alone-switch]")?.setAttribute("aria-pressed", String(isAlone));
  if (isNarrow.matches) tabs.show("card");
  else if (!isAlone) rows.choose(rows.chosen);
}

/** A filter or a field is of use only where it is seen. @param {HTMLElement} control */
function reveal(control) {
  if (control.checkVisibility() || !control.matches("input, [data-filter]")) return;
  if (desk.hasAttribute("data-alone")) stayAlone(false);
  const panel = control.closest("[data-panel]");
  if (isNarrow.matches && panel instanceof HTMLElement) tabs.show(panel.dataset.panel ?? "");
}

/**
 * A box ticks its row; Shift chooses all up to here.
 * @param {MouseEvent} event
 * @param {Element} target
 * @returns {boolean} whether the click was for that
 */
function choose(event, target) {
  const row = target.closest(".row");
  const isBox = target.matches(".row__pick");
  if (!(row instanceof HTMLElement) || (!isBox && !event.shiftKey)) return false;
  if (!isBox) event.preventDefault();
  if (event.shiftKey) selection.extendTo(idOf(row));
  else selection.toggle(idOf(row));
  return true;
}

// Shift and the mouse would mark the text of all rows between.
desk.addEventListener("mousedown", (event) => {
  if (event.shiftKey && /** @type {Element} */ (event.target).closest(".row")) event.preventDefault();
});

// --- The keyboard ---------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") leave(event);
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  else if (!isTyping(event.target)) follow(event);
});

/** @param {KeyboardEvent} event */
function follow(event) {
  if (event.altKey && (event.code === "ArrowUp" || event.code === "ArrowDown")) {
    if (rail?.step(rows.chosen, event.code === "ArrowUp" ? "up" : "down")) event.preventDefault();
    return;
  }
  const pressed = codeOf(event);
  const code = keys.meaning(pressed);
  if (!keys.works(pressed) || event.code === "Space" || (event.repeat && !/^(Shift\+)?(KeyJ|KeyK|Arrow)/.test(code))) return;
  if (code === "ArrowDown" || code === "ArrowUp") {
    // In the card the arrows scroll and move between choices.
    if (pane.contains(/** @type {Node} */ (event.target))) return;
    event.preventDefault();
    go(code === "ArrowDown" ? 1 : -1);
    return;
  }
  if (code === "Undo" || code === "KeyU") {
    event.preventDefault();
    // Not before the answer with the toast has come to life: its form would leave the page.
    if (card.isSending) void card.answered().then(undo);
    else undo();
    return;
  }
  if (chooseByKey(code)) {
    event.preventDefault();
    return;
  }
  const find = () => choiceFor(pressed) ?? controlFor(code);
  const control = find();
  if (card.isSending && (!control || pane.contains(control))) {
    // A quick hand is ahead of the answer: the key is meant for the card that comes with it.
    event.preventDefault();
    void card.answered().then((isDone) => {
      const there = isDone && find();
      if (there) press(there);
    });
    return;
  }
  if (!control) return;
  event.preventDefault();
  // While J and K run ahead of the card, a move must not hit the question that was open before.
  if (pane.contains(control) && rows.chosen && rows.chosen !== card.number) {
    void open(rows.chosen).then(() => {
      const there = card.number === rows.chosen && find();
      if (there) press(there);
    });
    return;
  }
  reveal(control);
  press(control);
}

/** @param {string} code @returns {boolean} whether it was a key for choosing */
function chooseByKey(code) {
  if (code === "KeyX") return selection.toggle(rows.chosen);
  if (code === "Shift+KeyX") selection.extendTo(rows.chosen);
  else if (code === "Shift+KeyA") selection.all(rows.chosen);
  else if (code === "Shift+KeyJ" || code === "Shift+KeyK") {
    if (selection.isEmpty) selection.toggle(rows.chosen);
    go(code === "Shift+KeyJ" ? 1 : -1);
    selection.extendTo(rows.chosen);
  } else return false;
  return true;
}

/** Out of a field; out of an open form; out of a choice of several; back to the list. @param {KeyboardEvent} event */
function leave(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const form = target.closest("details[open]") ?? desk.querySelector(".bulk__menu[open], details.move[open]");
  if (isTyping(target) && !(target instanceof HTMLInputElement && target.type === "search" && target.value)) {
    target.blur();
    if (form instanceof HTMLDetailsElement) form.querySelector("summary")?.focus();
  } else if (form instanceof HTMLDetailsElement && !isTyping(target)) {
    form.open = false;
    form.querySelector("summary")?.focus();
  } else if (!selection.isEmpty) {
    selection.clear();
    focusRow();
  } else focusRow();
}

function focusRow() {
  const row = rows.row(rows.chosen);
  if (row) linkOf(row)?.focus();
}

/** @param {KeyboardEvent} event */
function send(event) {
  const form = /** @type {HTMLElement} */ (event.target).closest("form") ?? pane.querySelector("details[open] form");
  if (!(form instanceof HTMLFormElement) || form === bulk || form.id === "desk-search") return;
  event.preventDefault();
  form.requestSubmit();
}

/** What a toast offered last; else the open question's own button. */
function undo() {
  if (undoing.last()) return;
  const own = pane.querySelector('[data-code="KeyU"]');
  if (own instanceof HTMLElement) own.click();
}

document.body.addEventListener("desk:keys", (event) => {
  keys.take(/** @type {CustomEvent} */ (event).detail);
  caps.paint();
});

// --- Commands and their answers ---------------------------------------------------------------------

document.body.addEventListener("htmx:configRequest", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.verb !== "post" || detail.target !== pane) return;
  detail.parameters.next = rows.after(card.number) || "";
});

document.body.addEventListener("desk:done", (event) => {
  const { number, version } = /** @type {CustomEvent} */ (event).detail;
  screen.expect(number);
  undoing.settle(number, version);
  search.again();
});

document.body.addEventListener("desk:bulk", (event) => {
  const { done } = /** @type {CustomEvent<{done: number[]}>} */ (event).detail;
  const all = rows.all;
  const place = all.findIndex((row) => idOf(row) === rows.chosen);
  const isLeft = (/** @type {HTMLElement} */ row) => !done.includes(idOf(row));
  const next = all.slice(Math.max(place, 0)).find(isLeft) ?? all.findLast(isLeft);
  for (const id of done) screen.expect(id);
  selection.drop(done);
  search.again();
  if (next) void open(idOf(next));
});

document.body.addEventListener("desk:dealt", (event) => {
  // It may wait behind the button of the new ones.
  screen.expect(/** @type {CustomEvent} */ (event).detail.number);
  if (isNarrow.matches) tabs.show("card");
});

pane.addEventListener("htmx:afterSwap", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.target !== pane) return;
  const isWrong = pane.querySelector("[data-problem], [data-invalid]") !== null;
  const stays = pane.contains(document.activeElement);
  rows.choose(card.number, { focus: !isWrong && !stays });
  history.replaceState(history.state, "", card.address(card.number));
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (isOfDesk(detail.xhr)) return;
  // The banner leads to the sign-in, and the words stay where they are.
  detail.shouldSwap = false;
  keepOr(event, desk.dataset.failed);
});
document.body.addEventListener("htmx:sendError", (event) => keepOr(event, desk.dataset.unsent));
document.body.addEventListener("htmx:timeout", (event) => keepOr(event, desk.dataset.unsent));
document.body.addEventListener("htmx:responseError", (event) => keepOr(event, desk.dataset.failed));

/** A decision that found no server is kept, and work goes on; else it is told. @param {Event} event @param {string} [why] */
function keepOr(event, why = "") {
  const number = offline.keep(/** @type {CustomEvent} */ (event).detail);
  if (!number) toasts.show(why, "danger");
  else if (number === card.number) void open(rows.after(number));
}

// --- What the socket says ---------------------------------------------------------------------------

document.body.addEventListener("desk:arranged", () => {
  /** @type {HTMLDialogElement | null} */ (document.getElementById("suggested"))?.close();
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = /** @type {CustomEvent} */ (event).detail;
  if (successful && elt instanceof HTMLFormElement && elt.matches(".rail__note")) elt.reset();
});

screen.addEventListener("live:put", (event) => {
  const { id, element } = /** @type {CustomEvent} */ (event).detail;
  if (id === 0) {
    nowChanged(element);
    return;
  }
  rail?.settle();
  offline.show();
  claims.draw(element);
  search.forget(id);
  search.apply();
  alarm.look();
  if (id === rows.chosen) rows.choose(id);
  if (id === card.number) compare(element.dataset.state);
});

screen.addEventListener("live:drop", (event) => {
  const { id } = /** @type {CustomEvent} */ (event).detail;
  alarm.look();
  selection.settle();
  const stamped = desk.querySelector(`.leaving[data-id="${id}"]`);
  if (stamped instanceof HTMLElement) offerUndo(stamped);
  if (id === card.number) compare(stamped instanceof HTMLElement ? stamped.dataset.state : undefined);
});

screen.addEventListener("live:counts", (event) => {
  search.settleOutcomes();
  const { counts } = /** @type {CustomEvent} */ (event).detail;
  const cut = desk.querySelector("[data-cut-at]");
  if (cut instanceof HTMLElement) cut.hidden = Math.max(counts.new, counts.approved) <= Number(cut.dataset.cutAt);
});

screen.addEventListener("live:side", (event) => {
  const { side } = /** @type {CustomEvent} */ (event).detail;
  if ("note" in side) rail?.tell(side.note);
  if (side.sources?.of) sources.tell(side.sources);
  toldBack(side.told?.[card.number]);
  if (side.pace) pace.tell(side.pace);
  if (side.claims) {
    claims.tell(side.claims);
    card.told(side.claims);
  }
  if (side.people) people.tell(side.people);
});

/** A message back to the asker of the open question has changed at this moment: only its lines come anew. @param {string | undefined} at */
function toldBack(at) {
  const place = pane.querySelector("#at-source");
  if (!at || !(place instanceof HTMLElement) || at <= (place.dataset.told ?? "")) return;
  place.dataset.told = at;
  /** @type {any} */ (globalThis).htmx?.ajax("GET", place.dataset.address, { target: place, swap: "outerHTML" });
}

screen.addEventListener("live:held", (event) => {
  const { list } = /** @type {CustomEvent} */ (event).detail;
  // Where no row stands, none can be moved under the mouse.
  const place = desk.querySelector(`[data-list="${CSS.escape(list)}"]`);
  if (place && !place.querySelector(".row:not(.leaving)")) screen.release(list);
});

screen.addEventListener("live:state", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.state === "online" && card.card?.matches("[data-offline]")) card.refresh();
});

screen.addEventListener("live:reload", (event) => {
  if (card.isBusy) event.preventDefault();
});

/** The question on air stands on no list: the head tells what becomes of it. */
let now = { ...document.getElementById("head")?.dataset };

/** @param {HTMLElement} head */
function nowChanged(head) {
  const was = now;
  now = { ...head.dataset };
  const isOpen = card.card && (was.now === card.card.dataset.number || now.now === card.card.dataset.number);
  const changed = was.now !== now.now || was.nowState !== now.nowState || was.state !== now.state;
  if (isOpen && changed) compare(now.now === card.card?.dataset.number ? now.nowState : undefined);
  else if (was.state !== now.state && !card.isBusy) card.refresh();
}

/** @param {string | undefined} state of the open question as it is now */
function compare(state) {
  if (state === undefined || state !== card.card?.dataset.state) card.refresh();
}

/** Their own stamped row may be taken back as long as it stands. @param {HTMLElement} row */
function offerUndo(row) {
  const button = row.querySelector("[data-undo-of]");
  if (!(button instanceof HTMLButtonElement) || button.dataset.undoOf !== desk.dataset.user) return;
  button.hidden = false;
  row.inert = false;
  /** @type {any} */ (globalThis).htmx?.process(row);
}

// --- The start ----------------------------------------------------------------------------------------

if (card.number) rows.choose(card.number);
else if (!isNarrow.matches && rows.all.length) void open(idOf(rows.all[0]), { focus: false });
rows.settle();
if (card.number && isNarrow.matches) tabs.show("card");
