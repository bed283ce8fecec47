// @ts-check
/**
 * The operator's OBS, by its own protocol (obs-websocket v5): only whether it streams, and for how long. The password
 * stays in this browser; what goes over the socket is its digest with OBS's salt and challenge.
 *
 * Events: obs:state {state: "connecting" | "ready" | "refused" | "unreachable" | "lost"},
 * obs:stream {isOn, durationMs, changed}.
 */
const RPC_VERSION = 1;
const OUTPUTS = 1 << 6;
const ASK_EVERY_MS = 1000;
const [HELLO, IDENTIFY, IDENTIFIED, EVENT, REQUEST, RESPONSE] = [0, 1, 2, 5, 6, 7];
const AUTHENTICATION_FAILED = 4009;

export class ObsSocket extends EventTarget {
  /** @type {WebSocket | null} */
  #socket = null;
  #password = "";
  #isReady = false;
  /** @type {boolean | null} */
  #isOn = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #asking;

  /** @param {number} port @param {string} password */
  open(port, password) {
    this.close();
    this.#password = password;
    this.#tell("connecting");
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, "obswebsocket.json");
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => void this.#heard(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    });
  }

  close() {
    const socket = this.#socket;
    this.#forget();
    socket?.close();
  }

  #forget() {
    clearInterval(this.#asking);
    this.#socket = null;
    this.#isReady = false;
    this.#isOn = null;
  }

  /** @param {number} code */
  #closed(code) {
    const wasReady = this.#isReady;
    this.#forget();
    this.#tell(code === AUTHENTICATION_FAILED ? "refused" : wasReady ? "lost" : "unreachable");
  }

  /** @param {{op: number, d: any}} message */
  async #heard({ op, d }) {
    if (op === HELLO) {
      const { authentication: asked } = d;
      const proof = asked && { authentication: await answer(this.#password, asked.salt, asked.challenge) };
      this.#say(IDENTIFY, { rpcVersion: RPC_VERSION, eventSubscriptions: OUTPUTS, ...proof });
    } else if (op === IDENTIFIED) {
      this.#isReady = true;
      this.#tell("ready");
      this.#ask();
      this.#asking = setInterval(() => this.#ask(), ASK_EVERY_MS);
    } else if (op === EVENT && d.eventType === "StreamStateChanged") {
      this.#ask();
    } else if (op === RESPONSE && d.requestStatus?.result && d.responseData) {
      const { outputActive, outputDuration } = d.responseData;
      const changed = this.#isOn !== null && this.#isOn !== outputActive;
      this.#isOn = outputActive;
      const detail = { isOn: outputActive, durationMs: outputDuration ?? 0, changed };
      this.dispatchEvent(new CustomEvent("obs:stream", { detail }));
    }
  }

  #ask() {
    this.#say(REQUEST, { requestType: "GetStreamStatus", requestId: crypto.randomUUID() });
  }

  /** @param {number} op @param {object} d */
  #say(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
  }

  /** @param {string} state */
  #tell(state) {
    this.dispatchEvent(new CustomEvent("obs:state", { detail: { state } }));
  }
}

/** @param {string} password @param {string} salt @param {string} challenge */
async function answer(password, salt, challenge) {
  return digest((await digest(password + salt)) + challenge);
}

/** @param {string} text @returns {Promise<string>} SHA-256 in base64 */
async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
