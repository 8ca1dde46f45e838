/**
 * A bucket of generated files behind a socket and an empty cache directory, and the
 * program on them: as a process of its own, or its library in this one.
 *
 * Retries wait no time here: a back-off's jitter is drawn as zero. Every run is searched
 * for the key pair, and so is the cache directory at the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { preload, type PreloadOptions, type PreloadResult } from "../../mod.ts";
import { type FlatFiles, generateStockDays } from "../../fixtures/flat_files.ts";
import { FakeS3, type FakeS3Options, type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";

/** The key pair that the server accepts. */
export const KEYS = {
  accessKeyId: "CANARYKEYID0123456789",
  secretAccessKey: "canary/secret+key/0123456789abcdefghijkl",
} as const;

/** What must never be shown or stored. */
const SECRETS = [...Object.values(KEYS), "AWS4-HMAC-SHA256", "Signature="];

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process is started. */
export interface RunOptions {
  /** Variables over the usual ones; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Options of the library whose place is the world's unless given. */
export type LoadOptions = Partial<PreloadOptions>;

/** One test's server, cache directory and home directory. */
export class World implements AsyncDisposable {
  readonly s3: FakeS3;
  /** The endpoint. */
  readonly url: string;
  /** Does not exist before the first run. */
  readonly cache: string;
  /** An empty directory. */
  readonly home: string;
  readonly #server: RunningS3;
  readonly #random = Math.random;

  private constructor(options: FakeS3Options, home: string) {
    this.s3 = new FakeS3({ credentials: KEYS, ...options });
    this.#server = serveS3(this.s3);
    this.url = this.#server.url;
    this.home = home;
    this.cache = `${home}/cache`;
    Math.random = () => 0;
  }

  /** Starts a server that has the files. */
  static async open(
    files: readonly FlatFiles[],
    options: FakeS3Options = {},
  ): Promise<World> {
    const world = new World(options, await Deno.makeTempDir({ prefix: "flatfetch_" }));
    for (const one of files) world.fill(one);
    return world;
  }

  /** Puts files into the bucket. */
  fill(files: FlatFiles): void {
    for (const { key, bytes } of files) this.s3.objects.put(key, bytes);
  }

  /** Runs the program as a process of its own, with its output in pipes. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const env = { ...await this.#environment(), ...options.env };
    const child = new Deno.Command(Deno.execPath(), {
      args: [...START, ...args],
      env: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      clearEnv: true,
      stdin: "null",
    });
    const { code, stdout, stderr } = await child.output();
    const ended = { code, stdout: decode(stdout), stderr: decode(stderr) };
    assertEquals(secretsIn(ended.stdout + ended.stderr), []);
    return ended;
  }

  /** Runs the library in this process. */
  load(symbols: readonly string[], options: LoadOptions = {}): Promise<PreloadResult> {
    return preload(symbols, {
      cacheDirectory: this.cache,
      endpoint: this.url,
      credentials: KEYS,
      ...options,
    });
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

  /** Ends the server and removes the directories, in which no secret may be. */
  async [Symbol.asyncDispose](): Promise<void> {
    Math.random = this.#random;
    await this.#server[Symbol.asyncDispose]();
    const found: string[] = [];
    for await (const path of filesUnder(this.cache)) {
      found.push(...secretsIn(path + decode(await Deno.readFile(path))));
    }
    await Deno.remove(this.home, { recursive: true });
    assertEquals(found, []);
  }

  async #environment(): Promise<Record<string, string>> {
    return {
      DENO_DIR: await denoDirectory(),
      HOME: this.home,
      LANG: "C.UTF-8",
      FLATFETCH_CACHE_DIR: this.cache,
      FLATFETCH_ENDPOINT: this.url,
      MASSIVE_S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      MASSIVE_S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    };
  }
}

/** A quarter with 60 trading days. */
export const QUARTER = { from: "2025-01-02", to: "2025-03-31" } as const;

/** Its command-line options. */
export const IN_QUARTER = ["--from", QUARTER.from, "--to", QUARTER.to] as const;

/** Stock files of the quarter, or of another span. */
export function stockFiles(span: { from: string; to: string } = QUARTER): FlatFiles {
  return generateStockDays({ tickers: 40, ...span });
}

/** The keys of a set of files, ascending. */
export function keysOf(files: FlatFiles): string[] {
  return files.dates.map((date) => files.keyOf(date));
}

/** A text with its times masked. */
export function withoutTimes(text: string): string {
  return text.replace(/\b(Elapsed|ETA): [^|\n]*?(?= \||\n|$)/g, "$1: …");
}

const START = [
  "run",
  "-A",
  "--cached-only",
  "--preload",
  pathOf("./no_jitter.ts"),
  pathOf("../../cli.ts"),
];

function pathOf(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname);
}

/** Where this deno keeps what it has downloaded; a process with another home needs to know. */
async function denoDirectory(): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  return JSON.parse(decode((await command.output()).stdout)).denoDir;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function secretsIn(text: string): string[] {
  return SECRETS.filter((secret) => text.includes(secret));
}

/** Every regular file under a directory, which may be missing. */
export async function* filesUnder(directory: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[] = [];
  try {
    entries = await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* filesUnder(`${directory}/${name}`);
    else yield `${directory}/${name}`;
  }
}
