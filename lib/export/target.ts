/**
 * Where an export goes: a folder or a bucket, which alone says what is done already.
 *
 * Paths are relative to the place, with `/` between their parts and none at the start, such as
 * `us_stocks_sip/minute_aggs_v1/date=2024-03-07/part.parquet`.
 *
 * @module
 */

import { checkFooter, type FooterCheck } from "../lake/check_footer.ts";
import type { Layout } from "../lake/layout.ts";
import type { ByteSpan } from "../s3/range.ts";

/** An object of a target. */
export interface TargetObject {
  /** Relative to the place. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The mark that it was written with; `undefined` when it has none, or none can be read. */
  readonly mark: string | undefined;
  /**
   * Why it cannot be read, so that nothing is known of it; its path may be that of a folder in which
   * objects may be.
   */
  readonly unreadable?: Error | undefined;
  /** Which version of the object this is, where the target has versions: an ETag. */
  readonly version?: string | undefined;
}

/** How an object is written. */
export interface PutOptions {
  /**
   * What the object is made of and how: printable ASCII, at most 256 characters. The ETag of the
   * flat file is in it. An object whose mark equals the one wanted is done.
   */
  readonly mark: string;
  /** The object that is to be replaced, as it was listed; without it none is expected there. */
  readonly replaces: TargetObject | undefined;
  /**
   * Says what becomes of another object that was put there since, with another mark.
   *
   * @throws what says that it may neither stay nor be replaced.
   */
  readonly judge: (there: TargetObject) => Promise<"leave" | "replace">;
  /** Ends the writing; nothing is there then. */
  readonly signal: AbortSignal;
}

/** `"present"`: another run has written the same meanwhile, or as good; what is there stays. */
export type PutOutcome = "written" | "present";

/** An object, and as much as is known of which version is meant. */
export type MeantObject =
  & Pick<TargetObject, "path">
  & Partial<Pick<TargetObject, "size" | "version">>;

/** A place that objects are exported to. It is used by one thread, for many objects at once. */
export interface ExportTarget extends AsyncDisposable {
  /** As the user gave it, for messages. */
  readonly name: string;

  /** Bytes that can still be written there, where anybody knows. */
  freeBytes(): Promise<number | undefined>;

  /** The names of what may be datasets: what its first two folders are called. */
  datasets(signal: AbortSignal): Promise<string[]>;

  /**
   * All objects under a dataset's name, such as `us_stocks_sip/day_aggs_v1`, each with its mark, in
   * any order. Unfinished ones are not among them. A target that is not there yet has none.
   */
  list(dataset: string, signal: AbortSignal): Promise<TargetObject[]>;

  /** Removes what killed runs had left unfinished when the place was listed; what living ones are at stays. */
  sweep?(): void;

  /**
   * Writes an object whole or not at all. The chunks are taken once and in order, and may be of
   * any length; whoever makes them waits until the last one is taken. What they throw is thrown on,
   * and nothing is there then.
   *
   * An abort rejects with the signal's reason.
   */
  put(
    path: string,
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options: PutOptions,
  ): Promise<PutOutcome>;

  /**
   * Some bytes of an object; fewer where it is shorter. `undefined` when there is no such object.
   *
   * @throws what says that it is another one than the one meant, as far as that is given and the place can
   * tell.
   */
  read(
    object: MeantObject,
    span: ByteSpan,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;

  /**
   * The MD5 of an object in hexadecimal digits, as far as it can be had without a download;
   * `undefined` where it cannot, or there is no such object.
   */
  md5(path: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A dataset at a place: what is there of it, and what is to be there. */
export interface PlacedDataset {
  readonly dataset: string;
  readonly target: ExportTarget;
  /** All that the place has of the dataset. */
  readonly objects: readonly TargetObject[];
  readonly layout: Layout;
  readonly signal: AbortSignal;
}

/** Judges a Parquet object of a target by its two ends. */
export function checkFooterIn(
  target: Pick<ExportTarget, "read">,
  object: MeantObject & Pick<TargetObject, "size">,
  signal: AbortSignal,
): Promise<FooterCheck> {
  return checkFooter(
    object.size,
    async (start, end) => await target.read(object, { start, end }, signal) ?? new Uint8Array(),
  );
}
