/**
 * An empty home and cache directory, and the program in them on one bucket: as a process of its
 * own, or its library in this one.
 *
 * Retries wait no time here: a back-off's jitter is drawn as zero. Every run is searched for the
 * key pair, and so is the cache directory at the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Credentials, preload, type PreloadOptions, type PreloadResult } from "../../mod.ts";

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
  /** How many files the process may have open. @default {as many as this one} */
  readonly openFiles?: number;
  /** What comes into standard input. @default {nothing} */
  readonly stdin?: string;
  /** Modules that run before the program. */
  readonly preload?: readonly string[];
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

  /** Runs the program as a process of its own, with its output in pipes. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const env = { ...await this.#environment(), ...options.env };
    const { openFiles, preload = [], stdin } = options;
    const [run, ...start] = START;
    const before = preload.flatMap((path) => ["--preload", path]);
    const line = [Deno.execPath(), run!, ...before, ...start, ...args, ...this.#options()];
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
    const ended = { code, stdout: decode(stdout), stderr: decode(stderr) };
    assertEquals(this.#secretsIn(ended.stdout + ended.stderr), []);
    return ended;
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
      found.push(...this.#secretsIn(path + decode(await Deno.readFile(path))));
    }
    await Deno.remove(this.home, { recursive: true });
    assertEquals(found, []);
  }

  #secretsIn(text: string): string[] {
    return this.#secrets.filter((secret) => text.includes(secret));
  }

  #options(): string[] {
    const { bucket, region } = this.#bucket;
    return [...(bucket ? ["--bucket", bucket] : []), ...(region ? ["--region", region] : [])];
  }

  async #environment(): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#bucket.credentials;
    return {
      DENO_DIR: await denoDirectory(),
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
