/**
 * Says for every error what a user sees of it: message, what to do, exit code.
 *
 * @module
 */

import {
  ConfigurationError,
  DeclinedError,
  EntitlementError,
  ForeignDirectoryError,
  IntegrityError,
  JournalError,
  LockedError,
  NetworkError,
  NotCachedError,
  ObjectChangedError,
  OfflineError,
  RestError,
  S3Error,
  StorageError,
  TemporaryError,
  TlsError,
  UsageError,
} from "../../errors.ts";
import type { Environment } from "../access/environment.ts";
import { EXIT } from "./exits.ts";
import { reasonOfStatus } from "../../http/status.ts";
import { type RefusalReason, refusalReason } from "../../s3/refusal_reason.ts";
import { StdoutError } from "../terminal/output_stream.ts";
import { tickersOption } from "./result_hints.ts";
import { typedText } from "../render/style.ts";
import {
  hintForAnswer,
  hintForDisk,
  hintForProxy,
  hintForRestAnswer,
  hintForStdout,
  hintForTls,
  type LastingReason,
  ownFolderHint,
} from "./outside_hints.ts";
import { lacksPermission, missingFlags } from "../access/permissions.ts";

/** A place that the command line names, other than the cache, cannot be read or written. */
export class PlaceError extends Error {
  override readonly name = "PlaceError";

  /** The option is `--into`, or none where an output may have been named in several ways. */
  constructor(override readonly cause: StorageError, readonly option?: "--into") {
    super(cause.message, { cause });
  }
}

/** An error as it is to be explained where a disk's may be that of the place. */
export function ofPlace(error: unknown, into: string): unknown {
  const isOfPlace = error instanceof StorageError &&
    error.path.startsWith(into.replace(/(?<=.)\/+$/, ""));
  return isOfPlace ? new PlaceError(error, "--into") : error;
}

/**
 * Waits until an output is written.
 *
 * @throws {PlaceError} when the disk does not take it.
 */
export async function onOutput<T>(written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    throw error instanceof StorageError ? new PlaceError(error) : error;
  }
}

/** What is shown for an error. */
export interface Explanation {
  readonly message: string;
  /** What the user can do, where that is known. */
  readonly hint: string | undefined;
  readonly exitCode: number;
}

/** Explains whatever was thrown. */
export function explain(thrown: unknown, env: Environment = {}): Explanation {
  const error = rootOf(thrown);
  const message = error instanceof Error ? error.message : String(error);
  const [exitCode, hint] = exitOf(error, env);
  return { message, hint, exitCode };
}

/** The error that came first, when closing what was open failed as well. */
function rootOf(error: unknown): unknown {
  return error instanceof SuppressedError ? rootOf(error.suppressed) : error;
}

type Exit = readonly [exitCode: number, hint?: string | undefined];

function exitOf(error: unknown, env: Environment): Exit {
  if (error instanceof TlsError) return [EXIT.configuration, hintForTls(error, env)];
  if (lacksPermission(error)) return [EXIT.configuration, hintForPermission(error)];
  if (error instanceof PlaceError) {
    const { cause, option } = error;
    return [EXIT.disk, option === undefined ? OUTPUT_HINT : hintForDisk(cause, option)];
  }
  if (error instanceof StdoutError) return [EXIT.disk, hintForStdout(error)];
  if (error instanceof UsageError) return [EXIT.usage, hintForUsage(error)];
  if (error instanceof DeclinedError) return [EXIT.usage, DECLINED_HINT];
  if (error instanceof ConfigurationError) {
    return [EXIT.configuration, hintForConfiguration(error, env)];
  }
  if (error instanceof EntitlementError) {
    return [EXIT.configuration, "Ask for other dates with --from and --to, or see your plan."];
  }
  if (error instanceof S3Error) {
    return exitOfRefusal(
      refusalReason(error),
      (reason) => OF_PLACE.test(error.message) ? PLACE_HINT : hintForAnswer(error, reason),
    );
  }
  if (error instanceof RestError) {
    return exitOfRefusal(reasonOfStatus(error.status), (why) => hintForRestAnswer(error, why));
  }
  if (error instanceof OfflineError) {
    return [EXIT.temporary, "Run the same without --offline first."];
  }
  if (error instanceof TemporaryError) return temporary();
  if (error instanceof NetworkError || error instanceof ObjectChangedError) return temporary();
  if (error instanceof IntegrityError) return exitOfWrongBytes(error);
  if (error instanceof NotCachedError) return [EXIT.noData, "Load it first: flatfetch SYMBOL."];
  if (error instanceof ForeignDirectoryError) return [EXIT.disk, ownFolderHint(error)];
  if (error instanceof StorageError) return [EXIT.disk, hintForDisk(error)];
  if (error instanceof JournalError) {
    return [EXIT.disk, "Use the newer version that wrote it, or another --cache-dir."];
  }
  if (error instanceof LockedError) {
    return [EXIT.locked, "Run again when it has ended; a load waits for that with --wait."];
  }
  if (isUnloaded(error)) return [EXIT.configuration, UNLOADED_HINT];
  return [EXIT.unexpected, "This is a defect; --debug shows where it comes from."];
}

/** Whether Deno cannot load a part of the program. */
function isUnloaded(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}

const UNLOADED_HINT = "Run it without --unstable-lazy-dynamic-imports, by which Deno loads the " +
  "program's files only when they are used, and only those that --allow-read lets it read.";

/** What a file holds, the help does not say; nor is it needed where the answer is given. */
function hintForUsage({ message }: UsageError): string | undefined {
  const [, wanted, others] = OTHER_TICKERS.exec(message) ?? [];
  if (wanted !== undefined && others !== undefined) {
    const both = others === "all others" ? undefined : [...wanted.split(","), ...others.split(",")];
    return `Export all of it ${tickersOption(both)}, take another place with --into, or remove ` +
      "the objects of other tickers there.";
  }
  const [, dataset] = OTHERWISE_THERE.exec(message) ?? [];
  if (dataset !== undefined) {
    return `Export it as it is there, take another place with --into, or remove ${dataset} there.`;
  }
  const hint = HINTS_FOR_USAGE.find(([pattern]) => pattern.test(message));
  return hint === undefined ? "Run with --help to see what can be given." : hint[1];
}

const HINTS_FOR_USAGE: readonly (readonly [RegExp, hint?: string])[] = [
  [/: see --help$|: did you mean .*\?$|^".*", line \d+: /],
  [/^Cannot read (\w+ from|a lake in) /],
  [/^Cannot find the shard: /, "Give --shard I/N, or run it as a task of such an array."],
  [/^Cannot check: no symbol is given/, "Give symbols, or --into PLACE to check an export."],
];

/** A place has a dataset with other tickers. */
const OTHER_TICKERS =
  /^Cannot export \S+ with tickers (.*?) into .*: it is there with .*, and the rows of (.*?) would /s;

/** A place has a dataset in another layout. */
const OTHERWISE_THERE = /^Cannot export (\S+) .* into .*: it is there /s;

function hintForConfiguration(
  { message }: ConfigurationError,
  env: Environment,
): string | undefined {
  if (/: the proxy wants a user name and a password$/.test(message)) return hintForProxy(env);
  return HINTS_FOR_CONFIGURATION.find(([pattern]) => pattern.test(message))?.[1];
}

/** The end of what is said of the bucket of `--into`. */
const OF_PLACE = / \(s3:\/\/.*\)$/;
const PLACE_HINT =
  "Check --into, --into-endpoint and --into-region, and that the keys of --into-profile or the " +
  "environment may read and write there.";

const HINTS_FOR_CONFIGURATION: readonly (readonly [message: RegExp, hint: string])[] = [
  [
    /^Cannot ask the REST API: no key/,
    "Set one of them, or give files that have all: --splits FILE, and --dividends FILE, without " +
    "--adjust; and for --follow --renames FILE.",
  ],
  [
    /: the server refuses the key in "/,
    "Check the REST API's key, which is another one than the S3 key pair, and your plan; or give " +
    "files that have all, as --splits FILE.",
  ],
  [
    /^Cannot use half a key pair: /,
    "Give both, or neither: then the next place that has a pair counts.",
  ],
  [
    /^Cannot open the bucket of --into: no keys /,
    "Give --into-profile NAME, or set FLATFETCH_INTO_ACCESS_KEY_ID and " +
    "FLATFETCH_INTO_SECRET_ACCESS_KEY.",
  ],
  [OF_PLACE, PLACE_HINT],
  [
    /^Cannot use .* offline: none are kept$/,
    "Run the same once without --offline, or give them in a file: --splits, --dividends or " +
    "--renames FILE.",
  ],
];

const OUTPUT_HINT = "Choose another place with -o, --split or --html.";

const DECLINED_HINT = "Run with --yes to download it, or with --dry-run to see what it is.";

function hintForPermission(error: unknown): string {
  return `Put ${
    missingFlags(error).map(typedText).join(" and ")
  } behind "deno run", or -A for all permissions.`;
}

function temporary(): Exit {
  return [EXIT.temporary, "Run the same command again later; what is finished is kept."];
}

/** What the REST API has wrong of a stock, it may have wrong for long. */
function exitOfWrongBytes({ message }: IntegrityError): Exit {
  const isOfStock = /^Cannot use the (splits|dividends|earlier tickers) of /.test(message);
  if (!isOfStock) return temporary();
  const files = "--splits, --dividends or --renames FILE";
  return [EXIT.temporary, `Run again later, or give the right ones in a file: ${files}.`];
}

function exitOfRefusal(
  reason: RefusalReason | undefined,
  hintFor: (reason: LastingReason | undefined) => string,
): Exit {
  if (reason === "busy" || reason === "server") return temporary();
  return [reason === "full" ? EXIT.disk : EXIT.configuration, hintFor(reason)];
}
