/**
 * Makes one attempt: sends a request and reads the whole answer within its limits. What the head of
 * an answer says to whoever was refused is read here too: how late it is, how long to wait, and where
 * a redirect leads, which is never followed.
 *
 * @module
 */

import { abortable } from "../concurrency/abortable.ts";
import type { Bandwidth } from "./bandwidth.ts";
import { contentLength, readBody, type ReadPace } from "./body.ts";
import { connectionError } from "./connections.ts";
import { Deadline, type TimeLimits } from "./deadline.ts";

const MAX_ERROR_BYTES = 65_536;

/** A request to be sent. */
export interface HttpRequest {
  /** @default {"GET"} */
  readonly method?: "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | undefined;
  readonly url: URL;
  /** The key of the object that is asked for; none for a listing. */
  readonly key?: string | undefined;
  /** What is asked for, such as an object's key, for reports. */
  readonly subject: string;
  /** What an error's message begins with, such as `Cannot download "a/b"`. */
  readonly action: string;
  /** Headers beside those that authenticate the request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What is sent. */
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  /** The statuses that bring what is asked for. @default {200 alone} */
  readonly statuses?: readonly number[] | undefined;
  /** How many times longer than others this request may take. @default {1} */
  readonly patience?: number | undefined;
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

/** Asks for a byte whose answer's head tells enough; a server that sends more is not listened to. */
export const FIRST_BYTE = {
  headers: { range: "bytes=0-0" },
  statuses: [200, 206],
  headOnly: true,
  maxBytes: 0,
} as const satisfies Partial<HttpRequest>;

/** A whole answer, or the head alone of one. */
export interface Answer {
  readonly status: number;
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
  /** The error for an answer of any other status, with what of its body could be read. */
  readonly refuse: (response: Response, body: Uint8Array | string) => Error;
  readonly onBytes: (count: number) => void;
  /** Bounds how fast the bodies of all requests together are read. */
  readonly bandwidth?: Bandwidth | undefined;
}

/**
 * Sends the request once. An abort rejects with the signal's reason, and the connection is
 * let go.
 *
 * @throws what `refuse` makes of any other status than those that are asked for.
 * @throws {import("../errors.ts").NetworkError} when the connection fails or is too slow.
 * @throws {import("../errors.ts").IntegrityError} when the body is too short or too long.
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<Answer> {
  const { statuses = [200], body } = request;
  using deadline = new Deadline({ ...request, ...options, uploadSize: body?.length });
  const { signal } = deadline;
  const response = await fetchHead(request, options, signal);
  const { status, headers } = response;
  const read = { request, response, deadline };
  if (!statuses.includes(status)) throw options.refuse(response, await readErrorBody(read));
  if (request.headOnly) {
    letGo(response);
    return { status, bytes: new Uint8Array(), headers };
  }
  checkHead(request, response);
  deadline.enterBody(request.size ?? contentLength(response));
  const bytes = await readWithin(read, request, options);
  return { status, bytes, headers };
}

interface Reading {
  readonly request: HttpRequest;
  readonly response: Response;
  readonly deadline: Deadline;
}

async function fetchHead(
  request: HttpRequest,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers(options.authentication);
  headers.set("accept-encoding", "identity");
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers.set(name, value);
  }
  try {
    const { method = "GET", body } = request;
    const init = { method, headers, redirect: "manual", signal, ...(body && { body }) } as const;
    const pending = options.fetch(request.url, init);
    // One that comes after an abort is let go.
    pending.then((response) => signal.aborted && letGo(response), () => {});
    return await abortable(pending, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw connectionError(error, { action: request.action, host: request.url.host });
  }
}

function checkHead(request: HttpRequest, response: Response): void {
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
  { onBytes, bandwidth }: Partial<Pick<ExchangeOptions, "onBytes" | "bandwidth">>,
): Promise<Uint8Array<ArrayBuffer>> {
  return readBody(response, {
    signal: deadline.signal,
    key: request.subject,
    action: request.action,
    size: limits.size,
    maxBytes: limits.maxBytes,
    onChunk: (count) => {
      deadline.received(count);
      onBytes?.(count);
    },
    pace: bandwidth && paceOf(bandwidth, deadline),
  });
}

/** The time that a read waits for its turn is not the server's. */
function paceOf(bandwidth: Bandwidth, deadline: Deadline): ReadPace {
  return {
    async admit(wanted) {
      const { bytes, waitMs } = bandwidth.book(wanted, performance.now());
      if (waitMs > 0) await deadline.sleep(waitMs);
      return bytes;
    },
    giveBack: (count) => bandwidth.giveBack(count),
  };
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
    return await readWithin(reading, { maxBytes: MAX_ERROR_BYTES }, {});
  } catch {
    request.signal?.throwIfAborted();
    return "";
  }
}

/** The server's clock, in milliseconds since the epoch to a second, where it tells it. */
export function serverTimeMs(headers: Headers): number | undefined {
  return dateMs(headers.get("date") ?? "");
}

/**
 * The wait that an answer asks for, in milliseconds, from `x-amz-retry-after` (milliseconds), or
 * `retry-after`: seconds or a date. RFC 9110 has whole seconds and dates of three kinds alone, but
 * servers also send fractions, units and dates of ISO 8601.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after") ?? "";
  const waitMs = waitIn(headers.get("x-amz-retry-after") ?? "", "ms") ?? waitIn(value, "s");
  if (waitMs !== undefined) return waitMs;
  const untilMs = dateMs(value);
  return untilMs && Math.max(0, untilMs - (serverTimeMs(headers) ?? Date.now()));
}

/** The first of the numbers that a field has: there are several where a proxy adds its own. */
function waitIn(field: string, unit: "s" | "ms"): number | undefined {
  const [, number, written = unit] =
    /^\+?(\d+\.?\d*|\.\d+)\s*(s|ms)?(?:ec|econds?)?\s*(?:[,;]|$)/i.exec(field.trim()) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (written.toLowerCase() === "ms" ? 1 : 1_000);
}

/** The host of a redirect's target; its query, which may repeat the request's, is no part of it. */
export function redirectHost(
  { status, headers }: Pick<Response, "status" | "headers">,
): string | undefined {
  if (status < 300 || status > 399) return undefined;
  const location = headers.get("location") ?? "";
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return undefined;
  return new URL(location).hostname;
}

/** A date with its time, in UTC where no zone is said, as in the oldest of RFC 9110's kinds. */
function dateMs(text: string): number | undefined {
  if (!/\d:\d\d/.test(text)) return undefined;
  const hasZone = /(?:[a-z]|[+-]\d\d:?\d\d)\s*$/i.test(text);
  const ms = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
