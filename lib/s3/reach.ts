/**
 * Tries whether an endpoint can be reached at all, with no credentials in the request.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { serverTimeMs } from "../http/exchange.ts";
import { connectionError, Connections } from "../http/connections.ts";
import { bucketUrl } from "./bucket_url.ts";

/** What is tried, and how. */
export interface ReachOptions {
  readonly endpoint: string;
  readonly bucket: string;
  /** @default {globalThis.fetch, over a connection of its own} */
  readonly fetch?: typeof fetch | undefined;
  /** Ends the attempt; it has no other limit. */
  readonly signal: AbortSignal;
}

/** An answer, whatever its status. */
export interface Reached {
  /** The server's clock at the answer, in milliseconds since the epoch, to a second. */
  readonly serverTimeMs: number | undefined;
}

/**
 * Sends one request and waits for an answer's head; any status will do. An abort rejects with
 * the signal's reason.
 *
 * @throws {import("../errors.ts").ConfigurationError} when endpoint or bucket cannot be.
 * @throws {import("../errors.ts").NetworkError} when no answer comes.
 */
export async function reachEndpoint(options: ReachOptions): Promise<Reached> {
  const { endpoint, bucket, signal } = options;
  const url = new URL(bucketUrl(endpoint, bucket));
  using connections = new Connections(url, 1);
  const init = { method: "HEAD", redirect: "manual", signal } as const;
  try {
    const response = options.fetch
      ? await options.fetch(url, init)
      : await connections.fetch(url, { ...init, fresh: true });
    await response.body?.cancel();
    return { serverTimeMs: serverTimeMs(response.headers) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) throw error;
    const action = `Cannot reach the endpoint at ${quote(url.hostname)}`;
    throw connectionError(error, { action, host: url.host });
  }
}
