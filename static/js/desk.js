// @ts-check
/** The desk: puts its parts together. Commands are forms; the socket tells what is true. */
import "./desk/entry.js";
import "./desk/key-editor.js";
import "./elements/equation-bar.js";
import "./elements/live-screen.js";
import "./elements/panel-tabs.js";
import { Ahead } from "./desk/ahead.js";
import { Alarm } from "./desk/alarm.js";
import { followAnswers } from "./desk/answers.js";
import { CardNews } from "./desk/card-news.js";
import { CardPane } from "./desk/card.js";
import { Caps } from "./desk/caps.js";
import { Claims } from "./desk/claims.js";
import { Errands } from "./desk/errands.js";
import { followFailures } from "./desk/failures.js";
import { Keyboard } from "./desk/keyboard.js";
import { KeyMap } from "./desk/keymap.js";
import { Mouse } from "./desk/mouse.js";
import { Navigation } from "./desk/navigation.js";
import { Offline } from "./desk/offline.js";
import { Pace } from "./desk/pace.js";
import { Palette } from "./desk/palette.js";
import { People } from "./desk/people.js";
import { Rail } from "./desk/rail.js";
import { followRowNews } from "./desk/row-news.js";
import { takeStep } from "./desk/row-step.js";
import { Rows } from "./desk/rows.js";
import { SavedReplies } from "./desk/saved.js";
import { Search } from "./desk/search.js";
import { Selection } from "./desk/selection.js";
import { followSideNews } from "./desk/side-news.js";
import { Sources } from "./desk/sources.js";
import { Swipe } from "./desk/swipe.js";
import { Undo } from "./desk/undo.js";
import { View } from "./desk/view.js";

// --- The places on the page ---------------------------------------------------------------------------

const screen = /** @type {import("./elements/live-screen.js").LiveScreen} */ (document.querySelector("live-screen"));
const desk = /** @type {HTMLElement} */ (document.getElementById("desk"));
const pane = /** @type {HTMLElement} */ (document.getElementById("card"));
const bulk = /** @type {HTMLFormElement} */ (document.getElementById("bulk"));
const tabs = /** @type {import("./elements/panel-tabs.js").PanelTabs} */ (document.querySelector("panel-tabs"));
const toasts = /** @type {import("./elements/toast-rack.js").ToastRack} */ (document.getElementById("toasts"));

// --- The parts: listeners of one event run in this order -------------------------------------------------

const keys = new KeyMap(JSON.parse(document.getElementById("desk-keys")?.textContent ?? "null") ?? undefined);
new Caps(keys);
const rows = new Rows(desk);
const undo = new Undo(toasts, pane);
const selection = new Selection(bulk, rows, (text) => toasts.show(text, "warn"));
const offline = new Offline(desk, /** @type {HTMLElement} */ (document.getElementById("late")), (text, tone) =>
  toasts.show(text, tone),
);
const card = new CardPane(
  pane,
  (html) => toasts.showHtml(html),
  (number) => offline.card(number),
  () => toasts.show(desk.dataset.failed ?? "", "danger"),
);
const errands = new Errands();
new SavedReplies(pane);
const view = new View(desk, tabs, rows);
const navigation = new Navigation({ screen, pane, rows, card, view });
const ahead = new Ahead({ errands, rows, card, navigation }, () => toasts.show(desk.dataset.dropped ?? "", "warn"));
const search = new Search(
  desk,
  /** @type {HTMLFormElement} */ (document.getElementById("desk-search")),
  /** @type {HTMLElement} */ (document.getElementById("found")),
  errands,
  () => {
    rows.settle();
    selection.settle();
  },
);
// One after the other: each step starts from where the last one has led.
let placed = Promise.resolve();
// A standing register has no air and so no rail.
const rail = desk.querySelector('[data-list="queue"]') && new Rail(desk, (values) => {
  const { htmx } = /** @type {any} */ (globalThis);
  placed = placed.then(() => htmx.ajax("POST", desk.dataset.place, { values, swap: "none", source: desk })).catch(() => {});
});
new Swipe(desk, JSON.parse(document.getElementById("move-words")?.textContent ?? "{}"), (row, move) =>
  takeStep(desk, row, move),
);
const alarm = new Alarm(desk.querySelector('[data-list="urgent"]'), (number) =>
  toasts.show(`${desk.dataset.alarm ?? ""}: № ${number}`, "danger"),
);
const sources = new Sources(desk);
const pace = new Pace(/** @type {HTMLElement} */ (document.getElementById("pace")));
const claims = new Claims(desk);
const people = new People(desk, /** @type {HTMLDialogElement} */ (document.getElementById("people")), {
  open: (number) => ahead.behind(() => void navigation.open(number)),
  say: (message) => screen.send(message),
});

// --- What a person does -----------------------------------------------------------------------------------

new Mouse(desk, { rows, card, ahead, selection, navigation, view });
const keyboard = new Keyboard(desk, pane, { keys, rows, ahead, errands, rail, selection, undo, navigation, view });
new Palette(/** @type {HTMLDialogElement} */ (document.getElementById("palette")), {
  can: (code) => keyboard.can(code),
  perform: (code) => keyboard.command(code),
  open: (number) => ahead.behind(() => void navigation.open(number)),
});

// --- What the server says: answers to commands, then the socket ---------------------------------------------

followAnswers(pane, { screen, rows, card, search, selection, undo, navigation, view });
followFailures(desk.dataset, { rows, card, errands, offline, toasts, navigation });
followRowNews(screen, desk, { rows, rail, offline, claims, search, selection, alarm });
new CardNews(screen, desk, card);
followSideNews(screen, pane, { card, rail, sources, pace, claims, people });

navigation.start();
