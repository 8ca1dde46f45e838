/**
 * Buckets behind one port, each at a path of its own, with files that differ in their prices.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { preload, type PreloadResult } from "../../mod.ts";
import type { ObjectFacts } from "../../fixtures/s3_bucket.ts";
import { refusal } from "../../fixtures/s3_documents.ts";
import {
  type S3Reply,
  type S3Request,
  type S3Responder,
  wholeReply,
} from "../../fixtures/s3_message.ts";
import { FakeS3, type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";
import type { LoadOptions } from "./harness.ts";

/** The dates that every bucket has. */
export const DATES = ["2025-01-02", "2025-01-03", "2025-01-06"] as const;

/** Their span. */
export const SPAN = { from: "2025-01-01", to: "2025-01-10" } as const;

const DATASET = "us_stocks_sip/day_aggs_v1";

/** The key of a date. */
export function keyOf(date: string): string {
  return `${DATASET}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

/** A file of one price, as long as that of any other price with as many digits. */
function fileOf(date: string, price: number): Uint8Array<ArrayBuffer> {
  const stamp = `${Date.parse(`${date}T05:00:00Z`)}000000`;
  const rows = ["AAPL", "TSLA"].map((ticker) =>
    `${ticker},1000,${price},${price},${price},${price},${stamp},7\n`
  );
  const header = "ticker,volume,open,close,high,low,window_start,transactions\n";
  return new Uint8Array(gzipSync(header + rows.join(""), { level: 0 }));
}

/** Where a bucket is, and what its files say. */
export interface Placed {
  /** Such as `/a`, or nothing. */
  readonly path: string;
  /** @default {"flatfiles"} */
  readonly bucket?: string;
  readonly price: number;
  /** What is particular to its objects. */
  readonly facts?: ObjectFacts;
}

/** Some buckets on one port, and a cache directory for all. */
export class Sources implements AsyncDisposable {
  readonly home: string;
  readonly cache: string;
  readonly #servers: ReadonlyMap<string, FakeS3>;
  readonly #running: RunningS3;

  private constructor(home: string, placed: readonly Placed[]) {
    this.home = home;
    this.cache = `${home}/cache`;
    this.#servers = new Map(placed.map(({ path, bucket = "flatfiles", price, facts }) => {
      const s3 = new FakeS3({ bucket });
      for (const date of DATES) s3.objects.put(keyOf(date), fileOf(date, price), facts);
      return [`${path}/${bucket}`, s3];
    }));
    this.#running = serveS3(new Router(this.#servers));
  }

  static async open(placed: readonly Placed[]): Promise<Sources> {
    return new Sources(await Deno.makeTempDir({ prefix: "flatfetch_" }), placed);
  }

  get port(): number {
    return this.#running.port;
  }

  /** The endpoint of a path. */
  endpoint(path: string): string {
    return `${this.#running.url}${path}`;
  }

  /** Runs the library in this process on TSLA, or another symbol; then the servers know all of it. */
  async load(
    { path, bucket }: { readonly path: string; readonly bucket?: string | undefined },
    { symbol = "TSLA", ...options }: LoadOptions & { symbol?: string } = {},
  ): Promise<PreloadResult> {
    try {
      return await preload([symbol], {
        ...SPAN,
        cacheDirectory: this.cache,
        endpoint: this.endpoint(path),
        bucket,
        credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
        ...options,
      });
    } finally {
      if (options.signal?.aborted) await this.#running.quiet();
    }
  }

  /** The keys that were asked for since the last call, with path and bucket, ascending. */
  takeGets(): string[] {
    return [...this.#servers].flatMap(([place, s3]) => {
      const keys = s3.requests.flatMap(({ key }) => key ?? []);
      s3.clearRequests();
      return keys.map((key) => `${place} ${key.slice(-17, -7)}`);
    }).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
    await Deno.remove(this.home, { recursive: true });
  }
}

/** Hands a request to the server at its path, which sees none of it. */
class Router implements S3Responder {
  readonly latencyMs = 0;
  readonly #servers: ReadonlyMap<string, FakeS3>;
  readonly #of = new Map<S3Reply, FakeS3>();

  constructor(servers: ReadonlyMap<string, FakeS3>) {
    this.#servers = servers;
  }

  respond(request: S3Request): S3Reply {
    for (const [place, s3] of this.#servers) {
      const rest = request.target.slice(place.length);
      if (!request.target.startsWith(place) || !/^([/?]|$)/.test(rest)) continue;
      const reply = s3.respond({ ...request, target: `/${s3.bucket}${rest}` });
      this.#of.set(reply, s3);
      return reply;
    }
    const { status } = refusal(404, "NoSuchBucket", "The specified bucket does not exist");
    return wholeReply(status, {});
  }

  settle(reply: S3Reply): void {
    this.#of.get(reply)?.settle(reply);
    this.#of.delete(reply);
  }
}
