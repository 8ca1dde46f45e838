/**
 * An empty home and cache directory, and the program in them on one bucket: its command line in
 * this process, which takes a third of the time, or in one of its own; or its library.
 *
 * Retries wait no time here: a back-off's jitter is drawn as zero. Every run is searched for the
 * key pair, and so is the cache directory at the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type Environment, VARIABLES } from "../../lib/cli/access/environment.ts";
import type { OutputStream } from "../../lib/cli/terminal/output_stream.ts";
import { main } from "../../lib/cli/main.ts";
import { type Credentials, preload, type PreloadOptions, type PreloadResult } from "../../mod.ts";
import { denoDirectory } from "./deno_directory.ts";

/** How a command line ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command line is run. */
export interface RunOptions {
  /** Variables over the usual ones; `undefined` takes one away. */
  readonly env?: Environment;
  /** What comes into standard input. @default {nothing} */
  readonly stdin?: string;
  /** What standard output is. @default {what keeps all that is written} */
  readonly stdout?: OutputStream;
}

/** How a process is started. */
export interface SpawnOptions extends Omit<RunOptions, "stdout"> {
  /** How many files the process may have open. @default {as many as this one} */
  readonly openFiles?: number;
  /** A module that runs before the program. */
  readonly preload?: string;
}

/** Options of the library whose place is the world's unless given. */
export type LoadOptions = Partial<PreloadOptions>;

/** Where the program finds its files. */
export interface HomeBucket {
  readonly endpoint: string;
  /** @default {"flatfiles"} */
  readonly bucket?: string;
  /** @default {"us-east-1"} */
  readonly region?: string;
  readonly credentials: Credentials;
}

/** One test's cache directory and home directory. */
export class Home implements AsyncDisposable {
  /** The endpoint. */
  readonly url: string;
  /** Does not exist before the first run. */
  readonly cache: string;
  /** An empty directory. */
  readonly home: string;
  readonly #bucket: HomeBucket;
  readonly #secrets: readonly string[];

  /** The directory is removed at the end. */
  constructor(bucket: HomeBucket, home: string) {
    this.#bucket = bucket;
    this.#secrets = [
      ...Object.values(bucket.credentials).filter((secret) => secret !== undefined),
      ...["AWS4-HMAC-SHA256", "Signature="],
    ];
    this.url = bucket.endpoint;
    this.home = home;
    this.cache = `${home}/cache`;
  }

  /** Runs a command line in this process. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const given = { ...this.#variables(), ...options.env };
    const { stdin = "", stdout: other } = options;
    const [stdout, stderr] = [new Captured(), new Captured()];
    const streams = {
      stdout: other ?? stdout,
      stderr,
      stdin: { readable: new Blob([stdin]).stream(), isTerminal: () => false },
    };
    const code = await main([...args, ...this.#options()], {
      env: Object.fromEntries(VARIABLES.map((name) => [name, given[name]])),
      signal: new AbortController().signal,
      giveGrace: () => {},
      random: () => 0,
      streams,
    });
    return this.#searched({ code, stdout: stdout.text, stderr: stderr.text });
  }

  /** Runs a command line in a process of its own, with its output in pipes. */
  async spawn(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
    const env = { ...this.#variables(), DENO_DIR: await denoDirectory(), ...options.env };
    const { openFiles, preload, stdin } = options;
    const before = preload === undefined ? [] : ["--preload", preload];
    const line = [Deno.execPath(), "run", "-A", "--cached-only", ...before];
    line.push(PROGRAM, ...args, ...this.#options());
    const [command, ...rest] = openFiles === undefined
      ? line
      : ["sh", "-c", `ulimit -n ${openFiles} && exec "$@"`, "sh", ...line];
    const child = new Deno.Command(command!, {
      args: rest,
      env: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      clearEnv: true,
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (stdin !== undefined) await new Blob([stdin]).stream().pipeTo(child.stdin);
    const { code, stdout, stderr } = await child.output();
    return this.#searched({ code, stdout: decode(stdout), stderr: decode(stderr) });
  }

  /** Runs the library in this process. */
  load(symbols: readonly string[], options: LoadOptions = {}): Promise<PreloadResult> {
    const place = { cacheDirectory: this.cache, random: () => 0, ...this.#bucket };
    return preload(symbols, { ...place, ...options });
  }

  /** Removes the directories, in which no secret may be. */
  async [Symbol.asyncDispose](): Promise<void> {
    const found: string[] = [];
    for await (const path of filesUnder(this.cache)) {
      found.push(...this.#secretsIn(path), ...this.#secretsIn(await Deno.readFile(path)));
    }
    await Deno.remove(this.home, { recursive: true });
    assertEquals(found, []);
  }

  #searched(ended: Ended): Ended {
    assertEquals(this.#secretsIn(ended.stdout + ended.stderr), []);
    return ended;
  }

  #secretsIn(content: string | Uint8Array): string[] {
    // A string is searched in a tenth of the time that a Buffer takes.
    const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
    return this.#secrets.filter((secret) => text.includes(secret));
  }

  #options(): string[] {
    const { bucket, region } = this.#bucket;
    return [...(bucket ? ["--bucket", bucket] : []), ...(region ? ["--region", region] : [])];
  }

  #variables(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#bucket.credentials;
    return {
      HOME: this.home,
      LANG: "C.UTF-8",
      FLATFETCH_CACHE_DIR: this.cache,
      FLATFETCH_ENDPOINT: this.url,
      ...(sessionToken === undefined
        ? {
          MASSIVE_S3_ACCESS_KEY_ID: accessKeyId,
          MASSIVE_S3_SECRET_ACCESS_KEY: secretAccessKey,
        }
        : {
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        }),
    };
  }
}

const PROGRAM = decodeURIComponent(new URL("./calm_program.ts", import.meta.url).pathname);

/** A standard stream that keeps what is written. */
class Captured implements OutputStream {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(this.writeSync(bytes));
  }

  writeSync(bytes: Uint8Array): number {
    return this.#chunks.push(bytes.slice()), bytes.length;
  }

  isTerminal(): boolean {
    return false;
  }

  get text(): string {
    const decoder = new TextDecoder();
    return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") +
      decoder.decode();
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
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

/** Every regular file under a directory, by its path in it. */
export async function bytesUnder(directory: string): Promise<Map<string, Uint8Array>> {
  const paths = (await Array.fromAsync(filesUnder(directory))).sort();
  const read = async (path: string) =>
    [path.slice(directory.length), await Deno.readFile(path)] as const;
  return new Map(await Promise.all(paths.map(read)));
}
