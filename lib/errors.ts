/**
 * The errors that a caller may want to tell apart, each with its facts as fields.
 *
 * A caller's own mistake in an argument is a built-in `TypeError` or `RangeError`
 * instead. No message holds a key, a token or a signature; what came from outside
 * is quoted, so that it cannot steer a terminal.
 *
 * @module
 */

/** Text from outside as a quoted, printable, bounded literal for a message. */
export function quote(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The system's words for what went wrong, without its number and Deno's words for the call. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/s, "");
}

/** An answer of the server that refuses the request. */
export class S3Error extends Error {
  static {
    this.prototype.name = "S3Error";
  }

  /** S3's own code, such as `"NoSuchKey"`; `"HTTP 502"` where the answer named none. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** The key that was asked for, where one was. */
  readonly key: string | undefined;
  /** The server's own name for this request. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The server's clock at the answer, in milliseconds since the epoch. */
  readonly serverTimeMs: number | undefined;
  /** The bucket's region, where the answer names it because the request has another. */
  readonly region: string | undefined;

  /** The facts are those of the answer. */
  constructor(message: string, facts: {
    code: string;
    status: number;
    key?: string | undefined;
    requestId?: string | undefined;
    retryAfterMs?: number | undefined;
    serverTimeMs?: number | undefined;
    region?: string | undefined;
  }) {
    super(message);
    this.code = facts.code;
    this.status = facts.status;
    this.key = facts.key;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.serverTimeMs = facts.serverTimeMs;
    this.region = facts.region;
  }
}

/** An answer of the vendor's REST API that refuses the request. */
export class RestError extends Error {
  static {
    this.prototype.name = "RestError";
  }

  /** The HTTP status. */
  readonly status: number;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** The facts are those of the answer. */
  constructor(message: string, facts: { status: number; retryAfterMs?: number | undefined }) {
    super(message);
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** The connection failed, or was too slow, before the answer was whole. */
export class NetworkError extends Error {
  static {
    this.prototype.name = "NetworkError";
  }

  /** How far the exchange had come: waiting for the answer's head, or reading its body. */
  readonly phase: "headers" | "body";
  /** True when one of this program's own time limits ended it. */
  readonly timedOut: boolean;

  /** The facts say how far it had come. */
  constructor(
    message: string,
    facts: { phase: "headers" | "body"; timedOut: boolean; cause?: unknown },
  ) {
    super(message, { cause: facts.cause });
    this.phase = facts.phase;
    this.timedOut = facts.timedOut;
  }
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
  static {
    this.prototype.name = "TlsError";
  }

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
  | "upload"
  | "loss";

/** What arrived, here or there, is not what was announced or sent, or is not a flat file. */
export class IntegrityError extends Error {
  static {
    this.prototype.name = "IntegrityError";
  }

  /** The key, or the prefix of a listing. */
  readonly key: string;
  /** The proof that it did not pass. */
  readonly check: IntegrityCheck;
  /** The MD5 of the bytes that arrived, where they were as many as they should be. */
  readonly md5: string | undefined;
  /** Whether the bucket has sent these very bytes twice, so that asking again is of no use. */
  readonly isLasting: boolean;

  /** Names the thing in the message; the facts repeat it for programs. */
  constructor(message: string, facts: {
    key: string;
    check: IntegrityCheck;
    md5?: string | undefined;
    isLasting?: boolean | undefined;
    cause?: unknown;
  }) {
    super(message, { cause: facts.cause });
    this.key = facts.key;
    this.check = facts.check;
    this.md5 = facts.md5;
    this.isLasting = facts.isLasting ?? false;
  }
}

/** The object under a key is not the one that was listed: it was replaced since. */
export class ObjectChangedError extends Error {
  static {
    this.prototype.name = "ObjectChangedError";
  }

  /** The key whose object was replaced. */
  readonly key: string;

  /** Names the key in the message as well. */
  constructor(message: string, facts: { key: string }) {
    super(message);
    this.key = facts.key;
  }
}

/** None of the dates that were tried is in the plan that the account has bought. */
export class EntitlementError extends Error {
  static {
    this.prototype.name = "EntitlementError";
  }
}

/** Much was to be downloaded, and whoever was asked did not say yes. */
export class DeclinedError extends Error {
  static {
    this.prototype.name = "DeclinedError";
  }

  /** Files that were to be downloaded. */
  readonly files: number;
  /** Their bytes. */
  readonly bytes: number;

  /** Names both in the message as well. */
  constructor(message: string, facts: { files: number; bytes: number }) {
    super(message);
    this.files = facts.files;
    this.bytes = facts.bytes;
  }
}

/** The run cannot go on now, but the same command may succeed later. */
export class TemporaryError extends Error {
  static {
    this.prototype.name = "TemporaryError";
  }
}

/** What is needed is not kept here, and no network may be used. */
export class OfflineError extends TemporaryError {
  static {
    this.prototype.name = "OfflineError";
  }
}

/** Credentials, endpoint or another setting is missing or unusable. */
export class ConfigurationError extends Error {
  static {
    this.prototype.name = "ConfigurationError";
  }
}

/** The cache directory or an output file cannot be read or written. */
export class StorageError extends Error {
  static {
    this.prototype.name = "StorageError";
  }

  /** The file or directory. */
  readonly path: string;
  /** The system's code, such as `"ENOSPC"`, where it gave one. */
  readonly code: string | undefined;

  /** Names the path in the message as well. */
  constructor(
    message: string,
    facts: { path: string; code?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: facts.cause });
    this.path = facts.path;
    this.code = facts.code;
  }
}

/** A directory that is to be the cache, but has other files than this program's. */
export class ForeignDirectoryError extends StorageError {
  static {
    this.prototype.name = "ForeignDirectoryError";
  }

  /** Names the directory in the message. */
  constructor(path: string) {
    super(`Cannot use cache directory ${quote(path)}: it has other files, and none of flatfetch`, {
      path,
    });
  }
}

/** A journal that this version must not touch, such as one of a newer format. */
export class JournalError extends Error {
  static {
    this.prototype.name = "JournalError";
  }

  /** The file. */
  readonly path: string;

  /** Names the path in the message as well. */
  constructor(message: string, facts: { path: string; cause?: unknown }) {
    super(message, { cause: facts.cause });
    this.path = facts.path;
  }
}

/** The cache has nothing of a symbol that is to be read from it. */
export class NotCachedError extends Error {
  static {
    this.prototype.name = "NotCachedError";
  }
  /** The symbol as it was asked for. */
  readonly symbol: string;
  /** The dataset that its bars would be from, such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;

  /** Names both in the message as well. */
  constructor(message: string, facts: { symbol: string; dataset: string }) {
    super(message);
    this.symbol = facts.symbol;
    this.dataset = facts.dataset;
  }
}

/** Another process is working on the same ticker. */
export class LockedError extends Error {
  static {
    this.prototype.name = "LockedError";
  }

  /** The lock file. */
  readonly path: string;
  /** What the holder wrote about itself. */
  readonly holder: string;

  /** Names path and holder in the message as well. */
  constructor(message: string, facts: { path: string; holder: string }) {
    super(message);
    this.path = facts.path;
    this.holder = facts.holder;
  }
}

/** The command line, or a request, asks for something that does not exist. */
export class UsageError extends Error {
  static {
    this.prototype.name = "UsageError";
  }
}
