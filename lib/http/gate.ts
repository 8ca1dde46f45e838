/**
 * Holds requests back while the server is away, and asks it now and then whether it is back.
 *
 * A connection that fails is its request's own trouble as long as the server answers others: it
 * has done so since, or it answers a question that is asked for that purpose. When it answers
 * none, though it did before, all failures together are one outage, and no request's own.
 *
 * @module
 */

import { abortable } from "../concurrency/abortable.ts";
import { delay } from "../deps/std_async.ts";

/** The first pause between two questions; it doubles. */
const FIRST_PAUSE_MS = 100;
/** No pause grows beyond this. */
const LONGEST_PAUSE_MS = 5_000;

/** What a gate works with. */
export interface GateOptions {
  /**
   * Asks the server something that it should be able to answer; false when there is nothing to
   * ask for. It tells the gate of an answer, never rejects, and ends when the signal aborts.
   */
  readonly ask: (signal: AbortSignal) => Promise<boolean>;
  /** Numbers from 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** After so long an outage the server counts as one that never answered. @default {120,000} */
  readonly patienceMs?: number | undefined;
  /** Is called when an outage begins, and when it ends. */
  readonly onAway?: ((isAway: boolean) => void) | undefined;
}

/** Whose trouble a failed connection is; of a server that never answered nobody knows. */
export type Blame = "request" | "outage" | "unknown";

/** The way of all requests to one server. Its end ends the questions. */
export class Gate implements Disposable {
  readonly #options: GateOptions;
  readonly #end = new AbortController();
  #answeredMs = -Infinity;
  /** The search for the server that is under way. */
  #search: Promise<Blame> | undefined;
  /** Ends it with the next answer; none is there otherwise, since an abort makes an error each time. */
  #heard: AbortController | undefined;
  #isAway = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Whether the server has answered anything so far. */
  get hasAnswered(): boolean {
    return this.#answeredMs > -Infinity;
  }

  /** The server has answered, whatever it was. */
  answered(): void {
    this.#answeredMs = performance.now();
    this.#heard?.abort();
    this.#heard = undefined;
  }

  /** Resolves when the server is not known to be away. An abort rejects with its reason. */
  async pass(signal?: AbortSignal): Promise<void> {
    while (this.#isAway && this.#search) await abortable(this.#search, signal);
  }

  /**
   * Whose trouble it is that a connection failed; an outage is over when this resolves. An abort
   * rejects with its reason.
   *
   * @param sentMs when its request was sent.
   */
  async blame(sentMs: number, signal?: AbortSignal): Promise<Blame> {
    if (this.#answeredMs >= sentMs) return "request";
    this.#search ??= this.#look().finally(() => this.#search = undefined);
    return await abortable(this.#search, signal);
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** Asks once, and if that is in vain for a server that was there, until it is heard. */
  async #look(): Promise<Blame> {
    const { signal: heard } = this.#heard = new AbortController();
    const { ask, onAway, patienceMs = 120_000 } = this.#options;
    const signal = AbortSignal.any([heard, this.#end.signal]);
    const wasThere = this.hasAnswered;
    const startMs = performance.now();
    const hasAsked = await ask(signal);
    if (heard.aborted) return "request";
    if (!hasAsked || !wasThere || signal.aborted) return "unknown";
    this.#isAway = true;
    onAway?.(true);
    for (let pauses = 0; !signal.aborted; pauses++) {
      if (performance.now() - startMs > patienceMs) this.#answeredMs = -Infinity;
      if (!this.hasAnswered) break;
      await delay(this.#pauseMs(pauses), { signal }).catch(() => {});
      if (!signal.aborted) await ask(signal);
    }
    this.#isAway = false;
    if (!heard.aborted) return "unknown";
    onAway?.(false);
    return "outage";
  }

  #pauseMs(pauses: number): number {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** pauses);
    return longest * (1 + this.#options.random()) / 2;
  }
}
