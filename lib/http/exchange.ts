/**
 * Makes one attempt: sends a request and reads the whole answer within its limits.
 *
 * @module
 */

import { contentLength, readBody } from "./body.ts";
import { connectionError } from "./connection_error.ts";
import { Deadline, type TimeLimits } from "./deadline.ts";

const MAX_ERROR_BYTES = 65_536;

/** A GET to be sent. */
export interface GetRequest {
  readonly url: URL;
  /** What is asked for, such as an object's key, for reports. */
  readonly subject: string;
  /** What an error's message begins with, such as `Cannot download "a/b"`. */
  readonly action: string;
  /** Headers beside those that authenticate the request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Throws when the answer is the wrong one already by its head. */
  readonly checkHead?: ((headers: Headers) => void) | undefined;
  /** Bytes that the body must have, where it is known. */
  readonly size?: number | undefined;
  /** Bytes that the body may have. */
  readonly maxBytes: number;
  /** Whether the head of an answer is all that counts: its body is let go. @default {false} */
  readonly headOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer with status 200, or the head alone of one with 200 or 206. */
export interface Answer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Headers;
}

/** What an attempt works with. */
export interface ExchangeOptions {
  /** The attempt; the first is 1. */
  readonly attempt: number;
  /** The headers that authenticate the request. */
  readonly authentication: Headers;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly limits: TimeLimits;
  /** The error for an answer of any other status than 200, with what of its body could be read. */
  readonly refuse: (response: Response, body: Uint8Array | string) => Error;
  readonly onBytes: (count: number) => void;
}

/**
 * Sends the request once. An abort rejects with the signal's reason, and the connection is
 * let go.
 *
 * @throws what `refuse` makes of any other status than 200 (or 206, for a head).
 * @throws {import("../errors.ts").NetworkError} when the connection fails or is too slow.
 * @throws {import("../errors.ts").IntegrityError} when the body is too short or too long.
 */
export async function exchange(
  request: GetRequest,
  options: ExchangeOptions,
): Promise<Answer> {
  using deadline = new Deadline({ ...request, ...options });
  const { signal } = deadline;
  const response = await fetchHead(request, options, signal);
  const read = { request, response, deadline };
  if (request.headOnly && [200, 206].includes(response.status)) {
    letGo(response);
    return { bytes: new Uint8Array(), headers: response.headers };
  }
  if (response.status !== 200) throw options.refuse(response, await readErrorBody(read));
  checkHead(request, response);
  deadline.enterBody(request.size ?? contentLength(response));
  const bytes = await readWithin(read, request, options.onBytes);
  return { bytes, headers: response.headers };
}

interface Reading {
  readonly request: GetRequest;
  readonly response: Response;
  readonly deadline: Deadline;
}

async function fetchHead(
  request: GetRequest,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers(options.authentication);
  headers.set("accept-encoding", "identity");
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers.set(name, value);
  }
  try {
    const init = { headers, redirect: "manual", signal } as const;
    return await orAborted(options.fetch(request.url, init), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw connectionError(error, { action: request.action, host: request.url.host });
  }
}

/** The response, unless the signal aborts first; one that comes later is let go. */
function orAborted(
  pending: Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
    pending.then((response) => {
      if (signal.aborted) letGo(response);
      resolve(response);
    }, reject);
  });
}

function checkHead(request: GetRequest, response: Response): void {
  try {
    request.checkHead?.(response.headers);
  } catch (error) {
    letGo(response);
    throw error;
  }
}

function letGo(response: Response): void {
  response.body?.cancel().catch(() => {});
}

function readWithin(
  { request, response, deadline }: Reading,
  limits: { readonly size?: number | undefined; readonly maxBytes: number },
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return readBody(response, {
    signal: deadline.signal,
    key: request.subject,
    action: request.action,
    size: limits.size,
    maxBytes: limits.maxBytes,
    onChunk: (count) => {
      deadline.received(count);
      onBytes(count);
    },
  });
}

/** What an error's body says; nothing where it cannot be read, because the status counts. */
async function readErrorBody(reading: Reading): Promise<Uint8Array | string> {
  const { request, response, deadline } = reading;
  if (response.status >= 300 && response.status < 400) {
    letGo(response);
    return "";
  }
  deadline.enterBody(undefined);
  try {
    return await readWithin(reading, { maxBytes: MAX_ERROR_BYTES }, () => {});
  } catch {
    request.signal?.throwIfAborted();
    return "";
  }
}
