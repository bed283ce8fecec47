// @ts-check
import { newId } from "../lib/new-id.js";
import { plural } from "../lib/plural.js";
import { Storage } from "../lib/storage.js";
import { LateMarks } from "./late-marks.js";
import { LateSender } from "./late-sender.js";
import { Late, isDecision } from "./late.js";

/**
 * The desk on a bad link. A decision, a public text, tags that find no server are kept (see late.js); the row and the
 * card say so, and they go when the connection is back. What was refused then is listed with what the other one did: to
 * be dropped, or done anyway.
 *
 * Event on the body: `desk:kept` {number, isDecision}.
 *
 * @typedef {import("./late.js").Item} Item
 * @typedef {{verb: string, path: string, parameters: Record<string, string>, formData: FormData, timeout: number,
 *   elt: Element}} Request   of htmx
 */
const KEPT = /\/questions\/(\d+)\/(moves|text|tags)\/$/;
// A hanging request is as good as none: what it wished is kept, and its key sees to it that it counts once.
const PATIENCE_MS = 8000;
const AWAY = new Set([502, 503, 504]);
/** What a person wrote, to be shown again where it was refused. */
const WORDS = ["text", "promise"];

export class Offline {
  #desk;
  #box;
  #late;
  #sender;
  #tell;
  #words;
  #marks;
  #sent = 0;

  /**
   * @param {HTMLElement} desk
   * @param {HTMLElement} box the list of what waits and what was refused
   * @param {(text: string, tone?: "ok" | "warn" | "danger") => void} tell
   */
  constructor(desk, box, tell) {
    this.#desk = desk;
    this.#box = box;
    this.#tell = tell;
    this.#words = JSON.parse(document.getElementById("move-words")?.textContent ?? "{}");
    this.#marks = new LateMarks(desk);
    this.#late = new Late(new Storage(), desk.dataset.no ?? "", desk.dataset.user ?? "");
    this.#sender = new LateSender(this.#late, this.#post);
    this.#sender.addEventListener("changed", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail));
    document.body.addEventListener("htmx:configRequest", this.#starts);
    document.addEventListener("live:state", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.state === "online") void this.#sender.wake();
    });
    addEventListener("online", () => void this.#sender.wake());
    // Another tab of the same person has sent or kept something.
    addEventListener("storage", () => this.show());
    desk.addEventListener("desk:card", () => this.show());
    document.addEventListener("click", this.#clicked);
    this.show();
    void this.#sender.wake();
  }

  /**
   * Keeps what a request wished that found no server.
   * @param {{requestConfig: Request, xhr?: XMLHttpRequest}} detail of htmx
   * @returns {boolean} false where it is nothing that can be kept
   */
  keep({ requestConfig: request, xhr }) {
    if (!numberOf(request) || (xhr && xhr.status >= 400 && !AWAY.has(xhr.status))) return false;
    return this.#keep(request);
  }

  /** @param {Request} request */
  #keep(request) {
    const number = numberOf(request);
    const fields = /** @type {[string, string][]} */ ([...request.formData.entries()].filter(([name]) => name !== "csrfmiddlewaretoken"));
    const { move = "", key = newId() } = Object.fromEntries(fields);
    const item = { key, number, address: request.path, fields, label: this.#labelOf(request, move), at: Date.now() };
    const why = this.#late.add(item);
    if (why) {
      this.#tell(this.#box.dataset[why] ?? "", "danger");
      this.show();
      return false;
    }
    this.#tell(`№ ${number}: ${item.label}. ${this.#box.dataset.kept ?? ""}`, "warn");
    // As after an answer: the form is done with.
    request.elt.closest("details.move")?.removeAttribute("open");
    this.show();
    const detail = { number, isDecision: isDecision(item) };
    document.body.dispatchEvent(new CustomEvent("desk:kept", { detail }));
    return true;
  }

  /** @param {Request} request @param {string} move "" for a mark */
  #labelOf({ path }, move) {
    return this.#words[move] ?? this.#box.dataset[KEPT.exec(path)?.[2] ?? ""] ?? move;
  }

  /** Brings the marks on the rows, the counts and the list in line with what waits. */
  show() {
    const { due, refused } = this.#late;
    this.#box.hidden = !due.length && !refused.length;
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-late-count]"))) {
      place.hidden = !due.length;
      place.textContent = plural(this.#box.dataset, due.length, document.documentElement.lang);
    }
    part(this.#box, "[data-late-send]").hidden = !due.length;
    part(this.#box, "[data-late-refused]").hidden = !refused.length;
    this.#list(refused);
    this.#marks.draw(due);
  }

  /**
   * What is known of a question when its card can't be loaded: its row, and the steps that need nothing else.
   * @param {number} number
   * @returns {HTMLElement | null}
   */
  card(number) {
    const row = this.#desk.querySelector(`.row[data-id="${number}"]:not(.leaving)`);
    const template = document.getElementById("offline-card");
    if (!(row instanceof HTMLElement) || !(template instanceof HTMLTemplateElement)) return null;
    const card = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const text = row.querySelector(".question__text");
    const place = part(card, ".question__text");
    [place.textContent, place.lang] = [text?.textContent ?? "", /** @type {HTMLElement | null} */ (text)?.lang ?? ""];
    part(card, "[data-title]").textContent = `№ ${number}`;
    Object.assign(card.dataset, { number: String(number), state: row.dataset.state ?? "" });
    const may = (row.dataset.moves ?? "").split(" ");
    for (const step of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-step]"))) {
      if (!may.includes(step.dataset.step ?? "")) step.remove();
    }
    for (const form of card.querySelectorAll("form")) {
      form.setAttribute("hx-post", this.#address(number));
      /** @type {HTMLInputElement} */ (form.elements.namedItem("expect")).value = row.dataset.version ?? "";
    }
    return card;
  }

  /** @param {number} number */
  #address(number) {
    return (this.#desk.dataset.moves ?? "").replace("/0/", `/${number}/`);
  }

  /** Each wish gets its key before it is first sent, and none overtakes what waits. @param {Event} event */
  #starts = (event) => {
    const request = /** @type {Request} */ (/** @type {CustomEvent} */ (event).detail);
    const number = numberOf(request);
    if (!number) return;
    if (this.#late.holds(number, request.path)) {
      event.preventDefault();
      if (this.#keep(request)) void this.#sender.wake();
      return;
    }
    request.parameters.key = newId();
    request.timeout = PATIENCE_MS;
  };

  /** @param {Item} item @returns {Promise<import("./late.js").Answer>} */
  #post = async (item) => {
    const body = new URLSearchParams(item.fields);
    body.set("key", item.key);
    body.set("as", this.#desk.dataset.user ?? "");
    const answer = await fetch(item.address, {
      method: "POST",
      body,
      headers: { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // Led to the sign-in page; or signed in anew, perhaps as somebody else.
    if (answer.type === "opaqueredirect" || answer.status === 403) return { end: "sign-in" };
    if (answer.status === 404) return { refused: { why: this.#box.dataset.gone ?? "", version: null, may: false } };
    if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`);
    return answer.json();
  };

  /** @param {{done?: {number: number, text: string}, end?: string}} detail */
  #changed({ done, end }) {
    part(this.#box, "[data-late-end]").hidden = !end;
    if (done) this.#sent += 1;
    if (!end && !this.#late.due.length && this.#sent) {
      this.#tell(plural(part(this.#box, "[data-late-sent]").dataset, this.#sent, document.documentElement.lang), "ok");
      this.#sent = 0;
    }
    this.show();
  }

  /** @param {Item[]} refused */
  #list(refused) {
    const list = part(this.#box, "[data-late-list]");
    const template = /** @type {HTMLTemplateElement} */ (part(this.#box, "template"));
    const focused = list.contains(document.activeElement);
    list.replaceChildren(
      ...refused.map((item) => {
        const line = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
        line.dataset.key = item.key;
        const link = part(line, "[data-opens-card]");
        link.dataset.opensCard = String(item.number);
        link.textContent = `№ ${item.number}`;
        part(line, "[data-label]").textContent = item.label;
        part(line, "[data-why]").textContent = item.refusal?.why ?? "";
        part(line, "[data-late-again]").hidden = !item.refusal?.may;
        const words = item.fields.filter(([name, value]) => WORDS.includes(name) && value).map(([, value]) => value);
        part(line, "[data-wrote]").hidden = !words.length;
        part(line, "[data-words]").textContent = words.join("\n");
        return line;
      }),
    );
    if (focused) list.querySelector("button")?.focus();
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("button");
    const key = /** @type {HTMLElement | null | undefined} */ (button?.closest("[data-key]"))?.dataset.key ?? "";
    if (button?.matches("[data-late-drop]")) this.#drop(key.split(" "));
    else if (button?.matches("[data-late-again]")) this.#late.again(key);
    else if (!button?.matches("[data-late-send]")) return;
    this.show();
    if (!button?.matches("[data-late-drop]")) void this.#sender.wake();
  };

  /** @param {string[]} keys */
  #drop(keys) {
    this.#marks.forget(this.#late.all.filter(({ key }) => keys.includes(key)));
    for (const key of keys) this.#late.drop(key);
  }
}

/** @param {Request} request @returns {number} the question that it is about; 0: it can't wait */
function numberOf({ verb, path }) {
  return verb === "post" ? Number(KEPT.exec(path)?.[1] ?? 0) : 0;
}

/** @param {ParentNode} root @param {string} selector */
function part(root, selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector));
}
