/**
 * Signs a request with Signature V4 by the server's clock.
 *
 * @module
 */

import { AwsV4Signer } from "../deps/aws4fetch.ts";
import type { Credentials } from "./credentials.ts";

/** A signature's headers, and how far from this machine's clock it was made. */
export interface SignedHeaders {
  readonly headers: Headers;
  readonly offsetMs: number;
}

/** Signs, and learns how far this machine's clock is off. */
export class Signer {
  readonly #credentials: Credentials;
  readonly #region: string;
  /** The signing keys of each day, as the library wants them. */
  readonly #cache = new Map<string, ArrayBuffer>();
  #offsetMs = 0;

  constructor(credentials: Credentials, region: string) {
    this.#credentials = credentials;
    this.#region = region;
  }

  /**
   * The headers that make a GET of the URL authentic. Only `host` and the `x-amz-` headers
   * are signed, because proxies rewrite others, such as `accept-encoding`.
   */
  async sign(url: URL, nowMs: number = Date.now()): Promise<SignedHeaders> {
    const offsetMs = this.#offsetMs;
    const datetime = new Date(nowMs + offsetMs).toISOString();
    const { accessKeyId, secretAccessKey, sessionToken } = this.#credentials;
    const signer = new AwsV4Signer({
      method: "GET",
      url: url.href,
      service: "s3",
      region: this.#region,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      cache: this.#cache,
      datetime: datetime.replace(/[:-]|\.\d{3}/g, ""),
    });
    const { headers } = await signer.sign();
    return { headers, offsetMs };
  }

  /**
   * Learns the server's clock from a refusal of a signature. False when signing again
   * cannot help, because the refusal tells no time.
   *
   * Refusals of older signatures change nothing: of requests that run at once, the first
   * refusal has taught the clock to all.
   *
   * @param usedOffsetMs The offset of the signature that was refused.
   * @param serverTimeMs The server's clock in the refusal.
   */
  learn(
    usedOffsetMs: number,
    serverTimeMs: number | undefined,
    nowMs: number = Date.now(),
  ): boolean {
    if (usedOffsetMs !== this.#offsetMs) return true;
    if (serverTimeMs === undefined) return false;
    this.#offsetMs = serverTimeMs - nowMs;
    return true;
  }
}
