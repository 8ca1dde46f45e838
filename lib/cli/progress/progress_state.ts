/**
 * What has happened in a run so far, as a sum over its progress events. Pure: the
 * time is handed in.
 *
 * @module
 */

import type { EventOf, ProgressEvent, ReportedSymbol } from "../../progress.ts";

/** The `plan` event, and when it came. */
export interface ReportedPlan extends Omit<EventOf<"plan">, "type"> {
  readonly atMs: number;
}

/** The bytes that had arrived at a moment. */
interface ByteSample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Everything that a screen shows of a run. Times are milliseconds of one clock. */
export interface ProgressState {
  readonly startedAtMs: number;
  readonly host: string;
  /** The symbols as they were understood. */
  readonly symbols: readonly ReportedSymbol[];
  readonly plan: ReportedPlan | undefined;
  readonly done: number;
  readonly failed: number;
  readonly refused: number;
  /** Files that an export had in the cache. */
  readonly fromCache: number;
  /** Rows that an export has written. */
  readonly rows: number;
  /** Bytes that have arrived since the plan was made, those of failed attempts included. */
  readonly bytes: number;
  readonly retries: number;
  /** Ascending, at least a quarter of a second apart, over the last seconds. */
  readonly samples: readonly ByteSample[];
}

/** Time over which the bytes per second are averaged. */
const RATE_WINDOW_MS = 5_000;
const SAMPLE_EVERY_MS = 250;

/** A run that begins now. */
export function initialProgress(nowMs: number): ProgressState {
  return {
    startedAtMs: nowMs,
    host: "",
    symbols: [],
    plan: undefined,
    done: 0,
    failed: 0,
    refused: 0,
    fromCache: 0,
    rows: 0,
    bytes: 0,
    retries: 0,
    samples: [],
  };
}

/** The state after an event; a second plan replaces the first. */
export function advance(state: ProgressState, event: ProgressEvent, nowMs: number): ProgressState {
  switch (event.type) {
    case "start":
      return { ...state, startedAtMs: nowMs, host: event.host, symbols: event.symbols };
    case "plan": {
      const { type: _, ...plan } = event;
      return { ...state, bytes: 0, samples: [], plan: { ...plan, atMs: nowMs } };
    }
    case "bytes":
      return {
        ...state,
        bytes: state.bytes + event.count,
        samples: sampled(state, nowMs),
      };
    case "retry":
      return { ...state, retries: state.retries + 1 };
    case "file": {
      const { outcome, made = { files: 1, fromCache: 0, rows: 0 } } = event;
      return {
        ...state,
        [outcome.kind]: state[outcome.kind] + made.files,
        fromCache: state.fromCache + made.fromCache,
        rows: state.rows + made.rows,
      };
    }
    default:
      return state;
  }
}

/** Files of the plan whose work has ended, well or not. */
export function processed(state: ProgressState): number {
  return state.done + state.failed + state.refused;
}

/** Time since the plan was made, or since the start when there is none yet. */
export function elapsedMs(state: ProgressState, nowMs: number): number {
  return Math.max(0, nowMs - (state.plan?.atMs ?? state.startedAtMs));
}

/** Elapsed / processed × remaining; `undefined` before the first file has ended. */
export function remainingMs(state: ProgressState, nowMs: number): number | undefined {
  const ended = processed(state);
  if (state.plan === undefined || ended === 0) return undefined;
  const remaining = Math.max(0, state.plan.toFetch - ended);
  return elapsedMs(state, nowMs) / ended * remaining;
}

/**
 * Smoothed over the last five seconds, 0 when nothing came in them; `undefined` until half a second
 * is known.
 */
export function bytesPerSecond(state: ProgressState, nowMs: number): number | undefined {
  const isOld = isBeforeWindow(nowMs);
  const newest = state.samples.at(-1);
  if (newest !== undefined && isOld(newest)) return 0;
  const base = state.samples.findLast(isOld) ?? state.samples[0];
  if (base === undefined || nowMs - base.atMs < 500) return undefined;
  return (state.bytes - base.bytes) / (nowMs - base.atMs) * 1000;
}

/** The samples with the present one, if it is due, and one older than the window. */
function sampled(state: ProgressState, nowMs: number): readonly ByteSample[] {
  const { samples, bytes } = state;
  if (nowMs - (samples.at(-1)?.atMs ?? -Infinity) < SAMPLE_EVERY_MS) {
    return samples;
  }
  const oldest = Math.max(0, samples.findLastIndex(isBeforeWindow(nowMs)));
  return [...samples.slice(oldest), { atMs: nowMs, bytes }];
}

function isBeforeWindow(nowMs: number): (sample: ByteSample) => boolean {
  return (sample) => sample.atMs <= nowMs - RATE_WINDOW_MS;
}
