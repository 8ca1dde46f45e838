/**
 * Sends requests to one bucket, whose URL and keys it knows, in the way that S3 wants them, and turns
 * a refusal into an error that tells what happened and no secret.
 *
 * Nothing of the request's URL or headers, and no free text of the server or the platform,
 * enters an error: either could hold a key id or a signature.
 *
 * @module
 */

import { ConfigurationError, quote, S3Error } from "../errors.ts";
import {
  checkGiven,
  checkOptions,
  either,
  FUNCTION,
  needed,
  number,
  object,
  text,
} from "../given.ts";
import { LIMITS } from "../http/deadline.ts";
import { type Answer, redirectHost, retryAfterMs, serverTimeMs } from "../http/exchange.ts";
import { type Protocol, Sender, type SendOptions } from "../http/sender.ts";
import { checkCredentials, type Credentials } from "./credentials.ts";
import { parseErrorDocument } from "./documents.ts";
import { bucketUrl } from "./bucket_url.ts";
import { encodeKey, encodeQuery, keyDefect } from "./key.ts";
import { classify, isUnanswered } from "./retry.ts";
import { signableOf, Signer } from "./sign.ts";
import { refusalReason } from "./refusal_reason.ts";

/** Which bucket, and how to work with it. */
export interface S3ClientOptions extends SendOptions {
  /** Such as `https://files.massive.com`; a path in it stays in front of the bucket. */
  readonly endpoint: string | URL;
  /** Its name. */
  readonly bucket: string;
  /** The region that requests are signed for. @default {"us-east-1"} */
  readonly region?: string | undefined;
  /**
   * How far this machine's clock may be off, in milliseconds, where a server wants signatures by
   * its own. @default {Infinity}
   */
  readonly mostClockOffsetMs?: number | undefined;
  /** The key pair. */
  readonly credentials: Credentials;
  /** Requests that run at once: so many connections are kept. @default {20} */
  readonly concurrency?: number | undefined;
}

const SPACE = 0x20;

const HOOKS = ["onRetry", "onThrottled", "onBytes", "onSuccess", "onOthersAnswered", "onAway"];

const KEY_KINDS = { key: needed(text()) };

const OPTION_KINDS = {
  endpoint: needed(either(text("a URL"), object())),
  bucket: needed(text()),
  region: text(),
  mostClockOffsetMs: number([0]),
  credentials: needed(object({}, "a key pair")),
  concurrency: number([1], { isWhole: true }),
  limits: LIMITS,
  ...Object.fromEntries(["fetch", "random", ...HOOKS].map((name) => [name, FUNCTION])),
};

/** What every request for an object says. */
export interface ObjectTarget {
  readonly url: URL;
  readonly key: string;
  readonly subject: string;
  readonly action: string;
}

/** Owns the connections to a bucket until it is closed. */
export class BucketConnection implements Disposable {
  readonly sender: Sender;
  readonly #credentials: Credentials;
  readonly #url: string;

  /**
   * Connects to nothing yet.
   *
   * @param landmark An object that the server should be able to send.
   * @throws {UsageError} when an option is none of what it may be.
   * @throws {ConfigurationError} when endpoint, bucket, region or credentials cannot be.
   */
  constructor(options: S3ClientOptions, landmark: () => URL | undefined = () => undefined) {
    checkOptions(options, OPTION_KINDS);
    const { endpoint, bucket, region = "us-east-1", concurrency = 20 } = options;
    this.#url = bucketUrl(endpoint, bucket);
    if (!/^[\w-]{1,64}$/.test(region)) {
      throw new ConfigurationError(`Cannot use the region ${quote(region)}`);
    }
    this.#credentials = checkCredentials(options.credentials);
    this.sender = new Sender({
      ...options,
      server: new URL(this.#url),
      protocol: s3Protocol(this.#credentials, region, options.mostClockOffsetMs),
      concurrency,
      landmark,
    });
  }

  /** The URL of an object. */
  urlOf(key: string, parameters: Readonly<Record<string, string>> = {}): URL {
    const query = encodeQuery(parameters);
    return new URL(`${this.#url}/${encodeKey(key)}${query && `?${query}`}`);
  }

  /**
   * The URL that asks for a listing.
   *
   * @throws {TypeError} when a parameter cannot be written in one.
   */
  listingUrl(parameters: Readonly<Record<string, string>>, action: string): URL {
    const [name, value] = Object.entries(parameters).find(([, text]) => !text.isWellFormed()) ?? [];
    if (value !== undefined) {
      throw new TypeError(`${action}: the ${name} ${quote(value)} is not well-formed Unicode`);
    }
    return new URL(`${this.#url}?${encodeQuery(parameters)}`);
  }

  /** @throws {TypeError} when no URL can name the key. */
  target(
    key: string,
    action: string,
    parameters: Readonly<Record<string, string>> = {},
  ): ObjectTarget {
    checkGiven({ key }, KEY_KINDS);
    const defect = keyDefect(key);
    if (defect !== undefined) throw new TypeError(`${action}: ${defect}`);
    return { url: this.urlOf(key, parameters), key, subject: key, action };
  }

  /**
   * S3 may begin an answer with status 200, and spaces while it works, and then find that it fails.
   *
   * @throws {import("../errors.ts").S3Error} when the answer is such a one.
   */
  refuseErrorDocument(
    { bytes, headers }: Pick<Answer, "bytes" | "headers">,
    { key, action }: { readonly key?: string; readonly action: string },
  ): void {
    const body = bytes.subarray(Math.max(0, bytes.findIndex((byte) => byte > SPACE)));
    if (parseErrorDocument(body) === undefined) return;
    const response = { status: 200, headers };
    throw answerError({ response, body, key, action, credentials: this.#credentials });
  }

  /** Lets the connections go. */
  [Symbol.dispose](): void {
    this.sender[Symbol.dispose]();
  }
}

/** The protocol for one key pair; it learns how far this machine's clock is off. */
function s3Protocol(
  credentials: Credentials,
  region: string,
  mostOffsetMs: number | undefined,
): Protocol {
  const signer = new Signer(credentials, region, { mostOffsetMs });
  return {
    authenticate: (request) => signer.sign(signableOf(request)),
    refuse: ({ key, action }, response, body) =>
      answerError({ response, body, key, action, credentials }),
    plan: (error, { offsetMs }) => {
      const answer = error instanceof S3Error ? error : undefined;
      const hintMs = answer?.retryAfterMs;
      const kind = classify(error);
      if (kind === "retry" || kind === "throttle") return { pace: kind, hintMs };
      const isSkewed = kind === "skew" && signer.learn(offsetMs, answer?.serverTimeMs);
      return isSkewed ? { pace: "retry", hintMs } : undefined;
    },
    isUnanswered,
  };
}

/** A refusal, as far as it came. */
interface Refusal {
  readonly response: Pick<Response, "status" | "headers">;
  /** The answer's body, or what could be read of it. */
  readonly body: Uint8Array | string;
  /** The key that was asked for; none for a listing. */
  readonly key: string | undefined;
  /** What the message begins with. */
  readonly action: string;
  /** What must not be repeated. */
  readonly credentials: Credentials;
}

/** The error for an answer that is not the thing that was asked for. */
function answerError(refusal: Refusal): S3Error {
  const { response, key, action, credentials } = refusal;
  const { status, headers } = response;
  const document = parseErrorDocument(refusal.body);
  const fallback = `HTTP ${status}`;
  const code = plain(document?.code, credentials) ?? fallback;
  const requestId = plain(headers.get("x-amz-request-id"), credentials) ??
    plain(document?.requestId, credentials);
  const said = code === fallback ? code : `${fallback} ${code}`;
  const named = plain(document?.region, credentials) ??
    plain(headers.get("x-amz-bucket-region"), credentials);
  // Servers name the region in other answers as well.
  const region = refusalReason({ code, status, region: named }) === "region" ? named : undefined;
  const wanted = region === undefined ? "" : `, the bucket is in the region ${quote(region)}`;
  return new S3Error(
    `${action}: the server answers ${said}${whereTo(response)}${wanted}${wish(refusal)}`,
    {
      code,
      status,
      key,
      requestId,
      retryAfterMs: retryAfterMs(headers),
      serverTimeMs: serverTimeMs(headers),
      region,
    },
  );
}

/** What is shorter may be in any word, as `a` is in `InvalidAccessKeyId`. */
const LEAST_SECRET_LENGTH = 8;

/** A short word of the server, unless it is none, is a secret or holds one. */
function plain(text: string | null | undefined, credentials: Credentials): string | undefined {
  if (!text || !/^[\w+/=.:-]{1,128}$/.test(text)) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const secrets = [accessKeyId, secretAccessKey, sessionToken ?? accessKeyId];
  const isIn = (secret: string) =>
    secret.length < LEAST_SECRET_LENGTH ? text === secret : text.includes(secret);
  return secrets.some(isIn) ? undefined : text;
}

/** Servers that speak TLS alone say so in plain HTTP, each in its own words. */
function wish({ response, body }: Refusal): string {
  if (response.status !== 400) return "";
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  return /HTTP request.* to (an )?HTTPS (port|server)/i.test(text) ? ", it wants https" : "";
}

function whereTo(response: Refusal["response"]): string {
  const host = redirectHost(response);
  return host === undefined ? "" : `, a redirect to the host ${quote(host)}`;
}
