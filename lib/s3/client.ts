/**
 * Lists and gets the objects of one bucket.
 *
 * @module
 */

import { IntegrityError, quote, S3Error } from "../errors.ts";
import {
  checkGiven,
  checkOptions,
  FUNCTION,
  list,
  needed,
  number,
  SIGNAL,
  text,
} from "../given.ts";
import { type Answer, FIRST_BYTE, type HttpRequest } from "../http/exchange.ts";
import { BucketConnection, type ObjectTarget, type S3ClientOptions } from "./bucket_connection.ts";
import type { ObjectVersion } from "../dated_object.ts";
import { changedError, checkEtag, etagOf, isPreconditionFailure, md5In } from "./etag.ts";
import { listObjects, type ListOptions } from "./pages.ts";
import { type ByteSpan, checkContentRange, rangeHeader, spanLength } from "./range.ts";
import { keyDefect } from "./key.ts";
import { refusalReason } from "./refusal_reason.ts";
import { classify } from "./retry.ts";

export type { S3ClientOptions } from "./bucket_connection.ts";
export type { ListOptions } from "./pages.ts";
export type { TimeLimits } from "../http/deadline.ts";
export type { Retry } from "../http/sender.ts";

const DEFAULT_MAX_BYTES = 512 * 2 ** 20;

const LIST_KINDS = {
  startAfter: text(),
  pageSize: number([1, 1_000], { isWhole: true }),
  signal: SIGNAL,
};

/** Beside the size, whose range depends on that of the bytes. */
const GET_KINDS = { ifMatch: text(), maxBytes: number([0]), verify: FUNCTION, signal: SIGNAL };

/** What an object must be. */
export interface GetOptions {
  /** Bytes that it must have. */
  readonly size?: number | undefined;
  /** The ETag that it must have, without quotes; an empty one stands for any. */
  readonly ifMatch?: string | undefined;
  /** Bytes that it may have. @default {512 MiB} */
  readonly maxBytes?: number | undefined;
  /**
   * Throws an `IntegrityError` when the bytes are wrong; they are then fetched again, unless the
   * same have come before. `md5` is theirs where the ETag is one, and the answer does not say
   * otherwise.
   */
  readonly verify?:
    | ((
      bytes: Uint8Array<ArrayBuffer>,
      etag: string,
      md5: string | undefined,
    ) => void | Promise<void>)
    | undefined;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
}

/** What a server does with the request for an object. */
export type ProbeAnswer =
  /** It would send it. */
  | "served"
  /** It lists it, and does not send it: it is not in the plan, or archived. */
  | "refused"
  /** There is no such object. */
  | "missing";

/** A bucket behind an endpoint; it owns connections until it is closed. */
export class S3Client implements Disposable {
  readonly #connection: BucketConnection;
  /** The MD5 of the bytes of each object that were wrong when they came last. */
  readonly #wrongMd5s = new Map<string, string>();
  #landmarks: readonly string[] = [];
  #asked = 0;

  /**
   * Connects to nothing yet.
   *
   * @throws {UsageError} when an option is none of what it may be.
   * @throws {ConfigurationError} when endpoint, bucket, region or credentials cannot be.
   */
  constructor(options: S3ClientOptions) {
    this.#connection = new BucketConnection(options, () => this.#landmark());
  }

  /** Whether the server has answered anything so far. */
  get hasAnswered(): boolean {
    return this.#connection.sender.hasAnswered;
  }

  /**
   * Names objects that the bucket has. Before any was sent, they are what the server is asked
   * for when a connection fails, to know whose trouble it is.
   *
   * @throws {import("../errors.ts").UsageError} when they are no list of texts.
   */
  expect(keys: readonly string[]): void {
    checkGiven({ keys }, { keys: needed(list('"a/b.csv.gz"')) });
    this.#landmarks = [...keys];
  }

  /** HTTP requests made so far, each attempt counted. */
  get requests(): number {
    return this.#connection.sender.requests;
  }

  /**
   * The objects whose keys start with the prefix, page after page, each key once; in what order
   * is the server's affair. One may have a key that `get()` refuses, such as a folder's marker.
   * An abort rejects with the signal's reason.
   *
   * @throws {TypeError} when prefix or `startAfter` is not well-formed Unicode.
   * @throws {import("../errors.ts").IntegrityError} with check `"listing"` when a page is not whole.
   * @throws {S3Error} when the server refuses.
   * @throws {import("../errors.ts").NetworkError} when every attempt's connection failed.
   */
  list(prefix: string, options: ListOptions = {}): AsyncIterableIterator<ObjectVersion> {
    checkGiven({ prefix }, { prefix: needed(text()) });
    checkOptions(options, LIST_KINDS);
    return listObjects(this.#connection, prefix, options);
  }

  /**
   * One object, whole. An abort rejects with the signal's reason.
   *
   * An answer without an ETag is taken to have the one that was asked for.
   *
   * @throws {TypeError} when no URL can name the key.
   * @throws {RangeError} when `size` is not one, or more than `maxBytes`.
   * @throws {import("../errors.ts").ObjectChangedError} when it has another ETag than `ifMatch`.
   * @throws {import("../errors.ts").IntegrityError} when every attempt brought another size, or failed `verify`.
   * @throws {S3Error} when the server refuses.
   * @throws {import("../errors.ts").NetworkError} when every attempt's connection failed.
   */
  async get(
    key: string,
    options: GetOptions = {},
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; etag: string }> {
    checkOptions(options, GET_KINDS);
    const { size, maxBytes = DEFAULT_MAX_BYTES, signal } = options;
    const ifMatch = options.ifMatch || undefined;
    const target = this.#connection.target(key, `Cannot download ${quote(key)}`);
    if (size !== undefined) checkSize(size, maxBytes, target.action);
    const request = { ...target, size, maxBytes, signal };
    return await this.#download(request, ifMatch, async ({ bytes, headers }) => {
      const etag = etagOf(headers) ?? ifMatch ?? "";
      try {
        await options.verify?.(bytes, etag, md5In(etag, headers));
      } catch (error) {
        throw this.#judge(error);
      }
      return { bytes, etag };
    });
  }

  /**
   * Some bytes of an object, of `size` bytes where that is given; fewer where it is shorter. `md5`
   * is that of the whole object, where the ETag is one and the answer does not say otherwise. An
   * abort rejects with the signal's reason.
   *
   * @throws {import("../errors.ts").ObjectChangedError} when it has another ETag than `ifMatch`.
   * @throws what {@linkcode get} does.
   */
  async getRange(
    key: string,
    span: ByteSpan,
    { ifMatch, size, signal }: Pick<GetOptions, "ifMatch" | "size" | "signal"> = {},
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; md5: string | undefined }> {
    const target = this.#connection.target(key, `Cannot download ${quote(key)}`);
    const request = {
      ...target,
      headers: { range: rangeHeader(span) },
      statuses: [200, 206],
      checkHead: (headers: Headers) => checkContentRange(headers, span, { ...target, size }),
      maxBytes: spanLength(span),
      signal,
    };
    try {
      return await this.#download(request, ifMatch || undefined, ({ bytes, headers }) => (
        { bytes, md5: md5In(etagOf(headers) ?? "", headers) }
      ));
    } catch (error) {
      if (!(error instanceof S3Error && error.status === 416)) throw error;
      return { bytes: new Uint8Array(), md5: undefined };
    }
  }

  /**
   * Asks whether an object would be sent, for its first byte alone; a server that sends more
   * is not listened to. An abort rejects with the signal's reason.
   *
   * @throws {TypeError} when no URL can name the key.
   * @throws {S3Error} when the server refuses for another reason than the plan.
   * @throws {import("../errors.ts").NetworkError} when every attempt's connection failed.
   */
  async probe(
    key: string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<ProbeAnswer> {
    const target = this.#connection.target(key, `Cannot ask for ${quote(key)}`);
    try {
      const request = { ...target, ...FIRST_BYTE, signal };
      return await this.#connection.sender.send(request, () => "served");
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      // An object of no bytes has no first one.
      if (error.status === 416) return "served";
      const kind = classify(error);
      if (kind === "missing" || kind === "refused") return kind;
      if (refusalReason(error) === "object") return "refused";
      throw error;
    }
  }

  /** Lets the connections go. */
  close(): void {
    this.#connection[Symbol.dispose]();
  }

  /** The same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Sends a request for an object, or a part of it, that must have an ETag. */
  async #download<T>(
    request: HttpRequest & ObjectTarget,
    ifMatch: string | undefined,
    consume: (answer: Answer) => T | Promise<T>,
  ): Promise<T> {
    const { key } = request;
    const conditional: HttpRequest = {
      ...request,
      headers: { ...request.headers, ...ifMatch && { "if-match": `"${ifMatch}"` } },
      checkHead: (headers) => {
        checkEtag(headers, ifMatch, key);
        request.checkHead?.(headers);
      },
    };
    try {
      return await this.#connection.sender.send(conditional, consume);
    } catch (error) {
      throw isPreconditionFailure(error) ? changedError(key) : error;
    }
  }

  /** Notices that the bytes of an object which are wrong are those of the last time. */
  #judge(error: unknown): unknown {
    if (!(error instanceof IntegrityError) || error.md5 === undefined) return error;
    const { message, key, check, md5, cause } = error;
    const isLasting = this.#wrongMd5s.get(key) === md5;
    this.#wrongMd5s.set(key, md5);
    return new IntegrityError(message, { key, check, md5, isLasting, cause });
  }

  /** Another one each time, far from the one before: a few may be what is not to be had. */
  #landmark(): URL | undefined {
    const keys = this.#landmarks;
    for (let left = keys.length; left > 0; left--) {
      const key = keys[Math.floor(keys.length * (++this.#asked * 0.618 % 1))]!;
      if (keyDefect(key) === undefined) return this.#connection.urlOf(key);
    }
    return undefined;
  }
}

function checkSize(size: number, maxBytes: number, action: string): void {
  if (Number.isSafeInteger(size) && size >= 0 && size <= maxBytes) return;
  throw new RangeError(
    `${action}: want a size from 0 to ${maxBytes} bytes, found ${size}`,
  );
}
