/**
 * The errors that a caller may want to tell apart, each with its facts as fields.
 *
 * An argument that cannot be is a `UsageError`; what is wrong with it beyond that, for the caller to
 * mend, a built-in `TypeError` or `RangeError`. No message holds a key, a token or a signature; what came from outside
 * is quoted, so that it cannot steer a terminal.
 *
 * @module
 */

/** Text from outside as a quoted, printable, bounded literal for a message; other values as they are named. */
export function quote(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return typeText(value);
  const shown = value.length > 200 ? `${value.slice(0, 199)}…` : value;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The first of some names, and how many more there are: `a, b, c and 2 more`. */
export function boundedNames(names: readonly (string | undefined)[], most: number): string {
  const text = names.slice(0, most).join(", ");
  return names.length > most ? `${text} and ${names.length - most} more` : text;
}

/** What a value is, in words. */
export function typeText(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Symbol.asyncIterator in value) return "an async iterable";
  return Symbol.iterator in value ? "an iterable" : "an object";
}

/** The system's words for what went wrong, without its number and Deno's words for the call. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/s, "");
}

/** The facts of an error: its fields, and what caused it. */
export type Facts<Self> = Omit<Self, keyof Error> & { readonly cause?: unknown };

/** An error that has facts, which its message names as well, as fields. */
export abstract class FactualError<Self> extends Error {
  /** The facts are those of the message. */
  constructor(message: string, facts: Facts<Self>) {
    super(message, facts);
    const { cause: _, ...fields } = facts;
    Object.assign(this, fields);
  }
}

/** An answer of the server that refuses the request. */
export class S3Error extends FactualError<S3Error> {
  /** S3's own code, such as `"NoSuchKey"`; `"HTTP 502"` where the answer named none. */
  declare readonly code: string;
  /** The HTTP status. */
  declare readonly status: number;
  /** The key that was asked for, where one was. */
  declare readonly key?: string | undefined;
  /** The server's own name for this request. */
  declare readonly requestId?: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  declare readonly retryAfterMs?: number | undefined;
  /** The server's clock at the answer, in milliseconds since the epoch. */
  declare readonly serverTimeMs?: number | undefined;
  /** The bucket's region, where the answer names it because the request has another. */
  declare readonly region?: string | undefined;
}

/** An answer of the vendor's REST API that refuses the request. */
export class RestError extends FactualError<RestError> {
  /** The HTTP status. */
  declare readonly status: number;
  /** How long the server asks to wait, in milliseconds. */
  declare readonly retryAfterMs?: number | undefined;
}

/** The connection failed, or was too slow, before the answer was whole. */
export class NetworkError extends FactualError<NetworkError> {
  /** How far the exchange had come: waiting for the answer's head, or reading its body. */
  declare readonly phase: "headers" | "body";
  /** True when one of this program's own time limits ended it. */
  declare readonly timedOut: boolean;
}

/**
 * Why no secure connection is to be had, or none that speaks HTTP.
 *
 * - `untrusted`: nobody whom this process trusts has signed the server's certificate.
 * - `outdated`: the certificate holds no more, or not yet.
 * - `other-host`: it is the certificate of another host.
 * - `no-tls`: what answers speaks no TLS.
 * - `no-http`: what answers speaks no HTTP; it may speak TLS.
 * - `refused`: the two sides agree on no TLS, or the server wants a certificate of this side.
 */
export type TlsDefect =
  | "untrusted"
  | "outdated"
  | "other-host"
  | "no-tls"
  | "no-http"
  | "refused";

/** The connection was made, and cannot be used; nothing was sent over it. */
export class TlsError extends NetworkError {
  /** What is wrong. */
  readonly defect: TlsDefect;

  /** No part of an answer has come. */
  constructor(message: string, { defect }: { defect: TlsDefect }) {
    super(message, { phase: "headers", timedOut: false });
    this.defect = defect;
  }
}

/** Whether another attempt would meet the same; what speaks no HTTP may have been cut short. */
export function isLastingDefect(error: unknown): boolean {
  return error instanceof TlsError && error.defect !== "no-http";
}

/** Which proof a thing from the bucket did not pass. */
export type IntegrityCheck =
  | "size"
  | "too-large"
  | "md5"
  | "gzip"
  | "format"
  | "listing"
  | "upload";

/** What arrived, here or there, is not what was announced or sent, or is not a flat file. */
export class IntegrityError extends FactualError<IntegrityError> {
  /** The key, or the prefix of a listing. */
  declare readonly key: string;
  /** The proof that it did not pass. */
  declare readonly check: IntegrityCheck;
  /** The MD5 of the bytes that arrived, where they were as many as they should be. */
  declare readonly md5?: string | undefined;
  /** Whether the bucket has sent these very bytes twice, so that asking again is of no use. */
  declare readonly isLasting?: boolean | undefined;
}

/** The object under a key is not the one that was listed: it was replaced since. */
export class ObjectChangedError extends FactualError<ObjectChangedError> {
  /** The key whose object was replaced. */
  declare readonly key: string;
  /** Whether it was to be written, not read. */
  declare readonly isWrite?: boolean | undefined;
  /** Where it was to be written: what another run has put there, and what it is not, in words. */
  declare readonly found?: string | undefined;
}

/** None of the dates that were tried is in the plan that the account has bought. */
export class EntitlementError extends Error {}

/** Much was to be downloaded, and whoever was asked did not say yes. */
export class DeclinedError extends FactualError<DeclinedError> {
  /** Files that were to be downloaded. */
  declare readonly files: number;
  /** Their bytes. */
  declare readonly bytes: number;
}

/** The run cannot go on now, but the same command may succeed later. */
export class TemporaryError extends Error {}

/** What is needed is not kept here, and no network may be used. */
export class OfflineError extends TemporaryError {}

/** Credentials, endpoint or another setting is missing or unusable. */
export class ConfigurationError extends Error {}

/** The cache directory or an output file cannot be read or written. */
export class StorageError extends FactualError<StorageError> {
  /** The file or directory. */
  declare readonly path: string;
  /** The system's code, such as `"ENOSPC"`, where it gave one. */
  declare readonly code?: string | undefined;
}

/** A directory that is to be the cache, but has other files than this program's. */
export class ForeignDirectoryError extends StorageError {
  /** Names the directory in the message. */
  constructor(path: string) {
    super(`Cannot use cache directory ${quote(path)}: it has other files, and none of flatfetch`, {
      path,
    });
  }
}

/** A journal that this version must not touch, such as one of a newer format. */
export class JournalError extends FactualError<JournalError> {
  /** The file. */
  declare readonly path: string;
}

/** The cache has nothing of a symbol that is to be read from it. */
export class NotCachedError extends FactualError<NotCachedError> {
  /** The symbol as it was asked for. */
  declare readonly symbol: string;
  /** The dataset that its bars would be from, such as `us_stocks_sip/day_aggs_v1`. */
  declare readonly dataset: string;
}

/** Another process is working on the same ticker. */
export class LockedError extends FactualError<LockedError> {
  /** The lock file. */
  declare readonly path: string;
  /** What the holder wrote about itself. */
  declare readonly holder: string;
}

/** The command line, or a request, asks for something that does not exist. */
export class UsageError extends Error {}

/** Not every bundler leaves a class its own name. */
const NAMED = {
  S3Error,
  RestError,
  NetworkError,
  TlsError,
  IntegrityError,
  ObjectChangedError,
  EntitlementError,
  DeclinedError,
  TemporaryError,
  OfflineError,
  ConfigurationError,
  StorageError,
  ForeignDirectoryError,
  JournalError,
  NotCachedError,
  LockedError,
  UsageError,
};

for (const [name, type] of Object.entries(NAMED)) type.prototype.name = name;
