/**
 * Shows a run's progress events: as a live block on a terminal that can redraw, else
 * as a plain line now and then; and warnings as they come, but no flood of them.
 *
 * @module
 */

import type { EventOf, ProgressEvent } from "../../progress.ts";
import { advance, initialProgress, processed, type ProgressState } from "./progress_state.ts";
import {
  renderDetected,
  renderHeading,
  renderMiss,
  renderPlan,
  renderProgress,
} from "../render/run.ts";
import {
  causeText,
  renderFailedFile,
  renderNotice,
  renderRetry,
  renderStrays,
  renderUnknownTicker,
} from "../render/warning.ts";
import { plainly, type Style } from "../render/style.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Where, how and when progress is shown. */
export interface PresenterOptions {
  readonly terminal: Pick<Terminal, "line" | "live" | "stop" | "drawsLive">;
  readonly style: Style;
  /**
   * Files for each plain line; the last file always has one.
   *
   * @default {10, or as many as end in five seconds where those are more}
   */
  readonly progressEvery?: number | undefined;
  /** Whether what matters only to whoever looks for a cause is shown. @default {false} */
  readonly debug?: boolean;
  /** A clock, in milliseconds; its zero does not matter. @default performance.now */
  readonly now?: () => number;
}

/** Causes of retries, and failed files, that get a line of their own. */
const MOST_WARNINGS = 20;

/** Unless it is told how many, so many files and so much time are between two plain lines. */
const PLAIN_LINE = { files: 10, ms: 5_000 };

/** Shows one run; stop it, or dispose it, on every way out. */
export class Presenter implements Disposable {
  readonly #terminal: PresenterOptions["terminal"];
  readonly #style: Style;
  readonly #every: number | undefined;
  readonly #debug: boolean;
  readonly #now: () => number;
  /** What has ended in this run, in that order. */
  readonly finished: EventOf<"file">[] = [];
  /** When the bucket was last listed for each symbol that needed no network. */
  readonly hitTimes = new Map<string, number>();
  /** Causes of which a retry has a line. */
  readonly #retried = new Set<string>();
  /** Symbols that the newest file does not have. */
  #unknown = 0;
  /** Failures so far; one of an export may be of many files. */
  #failures = 0;
  /** The heading, until something is found to be done. */
  #heading: readonly string[] = [];
  /** The files that had ended at the last plain line, and when that was. */
  #told = { ended: 0, atMs: 0 };
  #state: ProgressState;
  #drawing = Promise.resolve();
  #isDrawn = false;
  #stopped = false;

  constructor(options: PresenterOptions) {
    this.#terminal = options.terminal;
    this.#style = options.style;
    this.#every = options.progressEvery;
    this.#debug = options.debug ?? false;
    this.#now = options.now ?? (() => performance.now());
    this.#state = initialProgress(this.#now());
  }

  /** The sum of the events so far. */
  get state(): ProgressState {
    return this.#state;
  }

  /** Resolves when what draws the block is loaded; a run that hits the cache never loads it. */
  get drawing(): Promise<void> {
    return this.#drawing;
  }

  /** Takes the events of one run. Never throws. */
  readonly report = (event: ProgressEvent): void => {
    this.#state = advance(this.#state, event, this.#now());
    if (event.type === "file") this.finished.push(event);
    if (event.type === "hit") this.hitTimes.set(event.symbol, event.checkedAtMs);
    if (this.#stopped) return;
    for (const line of this.#linesFor(event)) this.#terminal.line(line);
    const isBegun = event.type === "miss" || event.type === "plan" && !this.#isDrawn;
    if (isBegun && this.#terminal.drawsLive) this.#drawing = this.#draw();
  };

  /** Erases the block and says how many retries and unknown symbols had no line; once. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#terminal.stop();
    this.#sayMore(this.#state.retries - this.#retried.size, "more retry", "more retries");
    this.#sayMore(this.#unknown - MOST_WARNINGS, "more unknown symbol", "more unknown symbols");
  }

  #sayMore(count: number, one: string, many: string): void {
    if (count <= 0) return;
    this.#terminal.line(plainly(`… and ${count} ${count === 1 ? one : many}`, this.#style));
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  async #draw(): Promise<void> {
    this.#isDrawn = true;
    const { renderBlock } = await import("../render/progress_bar.ts");
    if (this.#stopped) return;
    const [now, style] = [this.#now, this.#style];
    this.#terminal.live((width) => renderBlock(this.#state, { width, nowMs: now(), style }));
  }

  #linesFor(event: ProgressEvent): string[] {
    const style = this.#style;
    switch (event.type) {
      case "start":
        this.#heading = renderHeading(event, style);
        return renderDetected(event, style);
      case "miss":
        return this.#headed(renderMiss({ ...event, host: this.#state.host }, style));
      case "plan":
        this.#told = { ended: 0, atMs: this.#now() };
        return this.#headed(renderPlan(event, style));
      case "retry":
        return this.#retryLines(event);
      case "file":
        return [...this.#fileWarnings(event), ...this.#progressLines()];
      case "unknown-ticker":
        return ++this.#unknown > MOST_WARNINGS ? [] : [renderUnknownTicker(event, style)];
      case "strays":
        return this.#debug ? [renderStrays(event, style)] : [];
      case "notice":
        return [renderNotice(event.message, style)];
      default:
        return [];
    }
  }

  /**
   * A line for the first retry of a cause, whatever its numbers and checksums, of the first twenty
   * causes.
   */
  #retryLines(event: EventOf<"retry">): string[] {
    const cause = causeText(event).replaceAll(/\b[\da-f]{16,}\b|\d+/gi, "0");
    if (this.#retried.has(cause) || this.#retried.size >= MOST_WARNINGS) {
      return [];
    }
    this.#retried.add(cause);
    return [renderRetry(event, this.#style)];
  }

  /** A line for each of the first twenty failed files; refused ones are named at the end. */
  #fileWarnings({ key, outcome }: EventOf<"file">): string[] {
    return outcome.kind === "failed" && ++this.#failures <= MOST_WARNINGS
      ? [renderFailedFile({ key, cause: outcome.cause }, this.#style)]
      : [];
  }

  /** The lines under the heading, which comes once. */
  #headed(lines: readonly string[]): string[] {
    const heading = this.#heading;
    this.#heading = [];
    return [...heading, ...lines];
  }

  /** The plain line, when it is due and nothing live says the same. */
  #progressLines(): string[] {
    if (this.#terminal.drawsLive) return [];
    const ended = processed(this.#state);
    const nowMs = this.#now();
    if (ended !== this.#state.plan?.toFetch && !this.#isLineDue(ended, nowMs)) return [];
    this.#told = { ended, atMs: nowMs };
    return [renderProgress(this.#state, { nowMs, style: this.#style })];
  }

  #isLineDue(ended: number, nowMs: number): boolean {
    if (this.#every !== undefined) {
      return Math.floor(ended / this.#every) > Math.floor(this.#told.ended / this.#every);
    }
    return ended - this.#told.ended >= PLAIN_LINE.files &&
      nowMs - this.#told.atMs >= PLAIN_LINE.ms;
  }
}
