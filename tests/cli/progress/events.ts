/**
 * Runs for the tests of what is shown of them.
 *
 * @module
 */

import type { FileOutcome } from "../../../lib/progress.ts";
import type { ProgressEvent } from "../../../mod.ts";
import {
  advance,
  initialProgress,
  type ProgressState,
} from "../../../lib/cli/progress/progress_state.ts";

/** The start of the README's run. */
export const START: ProgressEvent = {
  type: "start",
  symbols: [{
    symbol: "TSLA",
    asset: "stock",
    period: "5y",
    from: "2020-11-02",
    to: "2025-11-01",
  }],
  interval: "1d",
  host: "files.massive.com",
  isAssetGiven: false,
};

export const MISS: ProgressEvent = {
  type: "miss",
  symbols: ["TSLA"],
  from: "2020-11-02",
  to: "2025-10-31",
  isKnown: false,
  isKept: false,
};

export const PLAN: ProgressEvent = {
  type: "plan",
  listed: 1255,
  recorded: 753,
  isResumed: true,
  toFetch: 502,
  bytes: 110_000_000,
};

export const DONE: FileOutcome = { kind: "done", from: "bucket" };

/** The key of the `n`th file, on calendar days from 2024-01-01. */
export function keyOf(n: number): string {
  const date = new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
  const [year, month] = date.split("-");
  return `us_stocks_sip/day_aggs_v1/${year}/${month}/${date}.csv.gz`;
}

/** The end of the work for the `n`th file. */
export function file(n: number, outcome: FileOutcome = DONE): ProgressEvent {
  return { type: "file", key: keyOf(n), outcome };
}

/** The state after events that all came at time 0. */
export function after(events: readonly ProgressEvent[]): ProgressState {
  return events.reduce(
    (state, event) => advance(state, event, 0),
    initialProgress(0),
  );
}
