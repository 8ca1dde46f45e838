/**
 * A server with generated files, an empty home directory, and the program on them.
 *
 * @module
 */

import {
  type FlatFiles,
  type GeneratedFile,
  generateStockDays,
} from "../../fixtures/flat_files.ts";
import { type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { denoDirectory } from "../program/deno_directory.ts";
import { type Ended, Home } from "../program/home.ts";
import { Program, type StartOptions } from "./program.ts";
import { WatchedS3 } from "./watched_s3.ts";

/** The checkout, with a slash at its end. */
export const ROOT: string = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** The key pair that the server accepts. */
export const KEYS = { accessKeyId: "PROCESSTEST", secretAccessKey: "secret/of+process+tests" };

/** Sixty trading days. */
export const SPAN = { from: "2025-01-02", to: "2025-03-31" } as const;

/** The span on the command line. */
export const IN_SPAN: readonly string[] = ["--from", SPAN.from, "--to", SPAN.to];

const FILES = generateStockDays({ tickers: 40, ...SPAN });

/** The files, once a place has been opened. */
let made: readonly GeneratedFile[] | undefined;

/** What is particular to a run. */
export type RunOptions = Partial<Omit<StartOptions, "args" | "env">> & {
  /** Variables over the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
};

/** One test's surroundings; disposing removes them. */
export class Place implements AsyncDisposable {
  readonly s3: WatchedS3;
  /** The endpoint. */
  readonly url: string;
  /** An empty directory. */
  readonly home: string;
  /** What the server has. */
  readonly files: FlatFiles;
  /** What a program sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly #server: RunningS3;

  private constructor(home: string, denoDirectory: string, latencyMs: number) {
    this.home = home;
    this.s3 = new WatchedS3({ credentials: KEYS, latencyMs });
    this.files = FILES;
    made ??= [...FILES];
    for (const { key, bytes } of made) this.s3.objects.put(key, bytes);
    this.#server = serveS3(this.s3);
    this.url = this.#server.url;
    this.env = {
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: denoDirectory,
      HOME: home,
      LANG: "C.UTF-8",
      FLATFETCH_ENDPOINT: this.url,
      MASSIVE_S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      MASSIVE_S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    };
  }

  /** Starts a server that waits before each reply. */
  static async open({ latencyMs = 0 } = {}): Promise<Place> {
    const home = await Deno.makeTempDir({ prefix: "flatfetch_" });
    return new Place(home, await denoDirectory(), latencyMs);
  }

  /** Every key that the server has, ascending. */
  get keys(): string[] {
    return this.files.dates.map((date) => this.files.keyOf(date));
  }

  /** A directory for a cache, and the output of a run into it. */
  cache(name = "cache"): { directory: CacheDirectory; output: string } {
    const path = `${this.home}/${name}`;
    return { directory: new CacheDirectory(path), output: `${path}.csv` };
  }

  /** Where the program records the progress of TSLA over the span. */
  journalPath(name?: string): string {
    const period = `${SPAN.from}_${SPAN.to}`;
    return this.cache(name).directory.journalPath({ symbol: "TSLA", period, interval: "1d" });
  }

  /** Starts the program with further arguments on TSLA over the span, into a cache. */
  load(args: readonly string[] = [], { name, ...options }: RunOptions & { name?: string } = {}) {
    return this.start(this.#loading(args, name), options);
  }

  /** Does the same in this process, where no other is proved: it takes a third of the time. */
  loadHere(args: readonly string[] = [], { name }: { name?: string } = {}): Promise<Ended> {
    return this.runHere(this.#loading(args, name));
  }

  /** Runs a command line in this process. */
  runHere(args: readonly string[]): Promise<Ended> {
    return new Home({ endpoint: this.url, credentials: KEYS }, this.home).run(args);
  }

  #loading(args: readonly string[], name?: string): string[] {
    const { directory, output } = this.cache(name);
    return ["TSLA", ...IN_SPAN, "--cache-dir", directory.path, "-o", output, ...args];
  }

  /** Starts the program. */
  start(args: readonly string[], options: RunOptions = {}): Program {
    return this.deno(["run", "-A", "--cached-only", `${ROOT}cli.ts`, ...args], options);
  }

  /** Starts deno. */
  deno(args: readonly string[], { env, ...options }: RunOptions = {}): Program {
    return Program.start(Deno.execPath(), { ...options, args, env: { ...this.env, ...env } });
  }

  /** Variables of a module cache of its own, to which the npm packages are lent. */
  async freshModules(): Promise<Record<string, string>> {
    const path = await Deno.makeTempDir({ dir: this.home, prefix: "deno_" });
    await Deno.symlink(`${this.env.DENO_DIR}/npm`, `${path}/npm`);
    return { DENO_DIR: path, ...registryEnvironment() };
  }

  /** Resolves when the server knows all that was sent by programs that have ended. */
  quiet(): Promise<void> {
    return this.#server.quiet();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await Deno.remove(this.home, { recursive: true });
  }
}

/** How this machine reaches its package registry, and whom it trusts there. */
export function registryEnvironment(): Record<string, string> {
  const names = [
    "NPM_CONFIG_REGISTRY",
    "DENO_CERT",
    "DENO_TLS_CA_STORE",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
  ];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value]] : [];
  }));
}
