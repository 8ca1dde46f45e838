/**
 * A bucket of generated files behind a socket, and a home with the program on it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type FlatFiles, generateStockDays } from "../../fixtures/flat_files.ts";
import type { StoredObject } from "../../fixtures/s3_bucket.ts";
import { FakeS3, type FakeS3Options, type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";
import type { PreloadResult } from "../../mod.ts";
import { Home, type LoadOptions } from "./home.ts";

export {
  bytesUnder,
  type Ended,
  filesUnder,
  type LoadOptions,
  type RunOptions,
  type SpawnOptions,
} from "./home.ts";

/** The key pair that the server accepts. */
export const KEYS = {
  accessKeyId: "CANARYKEYID0123456789",
  secretAccessKey: "canary/secret+key/0123456789abcdefghijkl",
} as const;

/** One test's server, cache directory and home directory. */
export class World extends Home {
  readonly s3: FakeS3;
  readonly #server: RunningS3;

  private constructor(s3: FakeS3, server: RunningS3, home: string) {
    super({ endpoint: server.url, credentials: KEYS }, home);
    this.s3 = s3;
    this.#server = server;
  }

  /** Starts a server that has the files. */
  static async open(
    files: readonly FlatFiles[],
    options: FakeS3Options = {},
  ): Promise<World> {
    const s3 = new FakeS3({ credentials: KEYS, ...options });
    const home = await Deno.makeTempDir({ prefix: "flatfetch_" });
    const world = new World(s3, serveS3(s3), home);
    for (const one of files) world.fill(one);
    return world;
  }

  /** Puts files into the bucket. */
  fill(files: FlatFiles): void {
    for (const { key, bytes, etag } of madeOf(files)) this.s3.objects.put(key, bytes, { etag });
  }

  /** Runs the library in this process; once that is through, the server knows all that it has sent. */
  override async load(
    symbols: readonly string[],
    options: LoadOptions = {},
  ): Promise<PreloadResult> {
    try {
      return await super.load(symbols, options);
    } finally {
      if (options.signal?.aborted) await this.quiet();
    }
  }

  /** Resolves when the server knows all that was sent by clients that are closed now. */
  quiet(): Promise<void> {
    return this.#server.quiet();
  }

  /** The keys that were asked for since the last call, ascending; each as often as asked for. */
  takeGets(): string[] {
    const keys = this.s3.requests.flatMap(({ key }) => key ?? []).sort();
    this.s3.clearRequests();
    return keys;
  }

  /** The prefixes that were listed since the last call, ascending. */
  takeListings(): string[] {
    const prefixes = this.s3.requests.flatMap(({ prefix }) => prefix ?? []).sort();
    this.s3.clearRequests();
    return prefixes;
  }

  /** Ends the server, and removes the directories, in which no secret may be. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await super[Symbol.asyncDispose]();
  }
}

/** A quarter with 60 trading days. */
export const QUARTER = { from: "2025-01-02", to: "2025-03-31" } as const;

/** Its command-line options. */
export const IN_QUARTER = ["--from", QUARTER.from, "--to", QUARTER.to] as const;

/** Stock files of the quarter, or of another span; the same ones each time. */
export function stockFiles({ from, to }: { from: string; to: string } = QUARTER): FlatFiles {
  const name = `${from} ${to}`;
  const files = STOCKS.get(name) ?? generateStockDays({ tickers: 40, from, to });
  STOCKS.set(name, files);
  return files;
}

const STOCKS = new Map<string, FlatFiles>();

/** Files as a bucket has them. */
type Made = Pick<StoredObject, "key" | "bytes" | "etag">;

/** What a set of files is made of, once for all worlds: none changes the bytes of an object. */
function madeOf(files: FlatFiles): readonly Made[] {
  const made = MADE.get(files) ??
    Array.from(files, ({ key, bytes }) => ({ key, bytes, etag: md5Of(bytes) }));
  MADE.set(files, made);
  return made;
}

const MADE = new WeakMap<FlatFiles, readonly Made[]>();

function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** The keys of a set of files, ascending. */
export function keysOf(files: FlatFiles): string[] {
  return files.dates.map((date) => files.keyOf(date));
}

/** A text with its times masked. */
export function withoutTimes(text: string): string {
  return text.replace(/\b(Elapsed|ETA): [^|\n]*?(?= \||\n|$)/g, "$1: …")
    .replace(/(Done: .* in )\S.*$/gm, "$1…");
}
