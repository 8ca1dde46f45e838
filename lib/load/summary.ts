/**
 * What a run brought: the bars of each symbol, and the account of its files.
 *
 * @module
 */

import type { AppliedSplit } from "../adjust/correct_splits.ts";
import type { AppliedDividend } from "../adjust/dividend_factors.ts";
import type { Finding } from "../market/finding.ts";
import type { Interval } from "../market/interval.ts";
import type { TickerSpan } from "../market/ticker_history.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import type { Demand, Task } from "./plan.ts";
import type { ResultBars } from "./result_bars.ts";
import type { TaskFailure } from "./tasks.ts";

/** What is known of one symbol's bars. */
export interface SymbolSummary {
  /** Such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;
  /** The vendor's spelling that was found; of a family its name. */
  readonly ticker: string;
  /** Where its company is followed: the tickers that it has had in the period, oldest first. */
  readonly history?: readonly TickerSpan[];
  /** Of a family: how many bars each of its tickers has, in the order of their names. */
  readonly tickers?: Readonly<Record<string, number>>;
  /** The length of a bar. */
  readonly interval: Interval;
  /** How many bars there are, of that length. */
  readonly bars: number;
  /** How many files they were looked for in: those of its period that could be had. */
  readonly files: number;
  /** Date of the first bar, `null` when there is none; that of a week is its first. */
  readonly from: string | null;
  /** Date of the last bar. */
  readonly to: string | null;
  /** True when the cache answered alone, without the network. */
  readonly cached: boolean;
  /**
   * The splits that the bars were adjusted for, oldest first; not there when no adjustment was
   * asked for.
   */
  readonly adjusted?: readonly AppliedSplit[];
  /** The dividends likewise, a date each; not there unless they were asked for. */
  readonly dividends?: readonly AppliedDividend[];
  /** Files of its period that are not among those: they failed, or a row of it cannot be read. */
  readonly missing: number;
  /** What a user should know before relying on the bars; not there when there is nothing. */
  readonly findings?: readonly Finding[];
  /** Symbols that it may have been meant for, when there is no bar and a recent file could be read. */
  readonly suggestions?: readonly string[];
}

/** A file that is not in the result, or not in that of one symbol, and why. */
export interface FileFailure {
  /** The one symbol whose rows in it cannot be read; not there when the file could not be had. */
  readonly symbol?: string;
  /** The key of its object. */
  readonly key: string;
  /** The date in the key. */
  readonly date: string;
  /** The same words for all files that failed alike, such as `not included in your plan`. */
  readonly cause: string;
  /** What exactly happened to this file. */
  readonly message: string;
}

/** Counts of one run's files. */
export interface FileCounts {
  /** Files that the bucket has, or had when it was listed, for the request. */
  readonly listed: number;
  /** Those whose rows were all recorded before the run. */
  readonly recorded: number;
  /** Those that were read from the kept objects. */
  readonly fromStore: number;
  /** Those whose rows were read from the lake. */
  readonly fromLake: number;
  /** Those that were downloaded. */
  readonly downloaded: number;
  /** Those that could not be had. */
  readonly failed: number;
  /** Those that the account's plan does not include. */
  readonly refused: number;
  /**
   * Downloaded or read files whose MD5 was compared with the listing's. The others, whose ETags
   * are no MD5, were proved by their length and gzip.
   */
  readonly md5Checked: number;
}

/** The account of a run. */
export interface Summary {
  /** By the symbol as it was asked for; a stock's in the case that was found. */
  readonly symbols: Readonly<Record<string, SymbolSummary>>;
  /** What became of the files. */
  readonly files: FileCounts;
  /** Bytes of the downloaded files. */
  readonly bytesDownloaded: number;
  /** HTTP requests, those that were tried again included. */
  readonly requests: number;
  /** Milliseconds from start to end. */
  readonly elapsedMs: number;
  /** The failed and the refused files, oldest first. */
  readonly failures: readonly FileFailure[];
  /** Whether the result has each symbol's rows of every file that the bucket lists for it. */
  readonly complete: boolean;
}

/** What was done with the bucket. */
export interface Update {
  readonly loaded: readonly LoadedSymbol[];
  readonly families: readonly LoadedFamily[];
  readonly failures: readonly TaskFailure<Task<Demand>>[];
  readonly counts: Pick<FileCounts, "fromStore" | "fromLake" | "downloaded" | "md5Checked"> & {
    readonly bytesDownloaded: number;
  };
  readonly requests: number;
}

/** What a run brought. */
export interface PreloadResult extends ResultBars {
  /** The account of the run. */
  readonly summary: Summary;
}

/** Nothing was done with it: the cache had everything. */
export const NO_UPDATE: Update = {
  loaded: [],
  families: [],
  failures: [],
  counts: { fromStore: 0, fromLake: 0, downloaded: 0, md5Checked: 0, bytesDownloaded: 0 },
  requests: 0,
};
