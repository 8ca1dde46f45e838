/**
 * What a run tells about itself while it works, and to whom.
 *
 * @module
 */

/** A symbol of the request, as it was understood. */
export interface ReportedSymbol {
  /** As it was asked for. */
  readonly symbol: string;
  /** `"stock"`, `"crypto"`, … */
  readonly asset: string;
  /** Whether it stands for all that match it. */
  readonly isFamily?: boolean;
  /** `"5y"`, or `"2020-01-01_2020-12-31"` for a span that was given by dates. */
  readonly period: string;
  /** First and last date of the period, both included. */
  readonly from: string;
  /** The last one. */
  readonly to: string;
}

/** How the work for one object ended. */
export type FileOutcome =
  | { readonly kind: "done"; readonly from: "bucket" | "store" | "lake" }
  /** Every attempt failed. */
  | { readonly kind: "failed"; readonly cause: string }
  /** The bucket lists it, but the account's plan does not include it. */
  | { readonly kind: "refused" };

/** One thing that happened. */
export type ProgressEvent =
  /** The symbols were understood; nothing was read yet. */
  | {
    readonly type: "start";
    readonly symbols: readonly ReportedSymbol[];
    readonly interval: string;
    /** The endpoint's host, such as `files.massive.com`. */
    readonly host: string;
    /** Whether the request says what the symbols are, instead of their form. */
    readonly isAssetGiven: boolean;
  }
  /** The cache has every bar of this symbol; no network was used for it. */
  | {
    readonly type: "hit";
    readonly symbol: string;
    /** When the bucket was last listed, in milliseconds since the epoch. */
    readonly checkedAtMs: number;
  }
  /** These symbols need the bucket, over this span of dates. */
  | {
    readonly type: "miss";
    readonly symbols: readonly string[];
    readonly from: string;
    readonly to: string;
    /** Whether something of each of them is recorded already, so that perhaps nothing is missing. */
    readonly isKnown: boolean;
    /** Whether all that is needed was downloaded before, so that nothing is asked for. */
    readonly isKept: boolean;
  }
  /** What there is to do, in flat files; from here on `file` events count up to `toFetch`. */
  | {
    readonly type: "plan";
    /** Those that the bucket has for the request. */
    readonly listed: number;
    /** Those whose rows are all recorded already, or that the export's place has. */
    readonly recorded: number;
    /** The objects that an export makes of all of them; absent in any other run. */
    readonly objects?: { readonly count: number; readonly by: "date" | "month" };
    /** Whether a run that was interrupted has recorded some of them. */
    readonly isResumed: boolean;
    /** Those that this run works on. */
    readonly toFetch: number;
    /** Bytes of the latter. */
    readonly bytes: number;
  }
  /** Bytes of a body arrived. */
  | { readonly type: "bytes"; readonly count: number }
  /** An attempt failed and is tried again. */
  | {
    readonly type: "retry";
    readonly key: string;
    /** The attempt that failed; the first is 1. */
    readonly attempt: number;
    readonly cause: string;
    readonly delayMs: number;
  }
  /** The work for one object ended, for all the symbols that need it. */
  | {
    readonly type: "file";
    readonly key: string;
    readonly outcome: FileOutcome;
    /** What an export's object is made of, and has; absent in any other run. */
    readonly made?: {
      readonly files: number;
      /** Those of them that were kept in the cache. */
      readonly fromCache: number;
      readonly rows: number;
    };
  }
  /** The ticker is not in the newest file: perhaps it is misspelt. */
  | {
    readonly type: "unknown-ticker";
    readonly symbol: string;
    readonly ticker: string;
    /** The date of the file that was looked at. */
    readonly date: string;
    /** The symbols that may have been meant, best first. */
    readonly suggestions: readonly string[];
  }
  /** The bucket has objects among the files that cannot be any; they are passed over. */
  | {
    readonly type: "strays";
    readonly count: number;
    /** The first few, as the server has them. */
    readonly keys: readonly string[];
  }
  /** Something that the user should know, in a sentence. */
  | { readonly type: "notice"; readonly message: string };

/** One of a type. */
export type EventOf<Type extends ProgressEvent["type"]> = ProgressEvent & { readonly type: Type };

/**
 * Is called with progress, synchronously and often: it must return at once and must
 * not throw.
 */
export type Reporter = (event: ProgressEvent) => void;

/** A reporter that ignores everything. */
export const silentReporter: Reporter = () => {};
