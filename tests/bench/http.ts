/**
 * `deno run -A tests/bench/http.ts [--latency MS] [--rounds 5] [AT_ONCE…]`: the same files by
 * HTTP/1.1 with and without connections that are kept, and by HTTP/2, over TLS on loopback.
 *
 * CPU is this process's alone; each protocol runs once unmeasured before.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { parseArgs } from "../../lib/deps/std_cli.ts";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";
import { S3Client } from "../../mod.ts";
import { STOCK_DAYS } from "./data.ts";
import { say } from "./server.ts";

const PROTOCOLS: Readonly<
  Record<string, (atOnce: number) => Partial<Deno.CreateHttpClientOptions>>
> = {
  "HTTP/1.1": (atOnce) => ({ http2: false, poolMaxIdlePerHost: atOnce }),
  "HTTP/1.1, none kept": () => ({ http2: false, poolMaxIdlePerHost: 0 }),
  "HTTP/2": () => ({ http1: false }),
};

interface Sample {
  readonly wallS: number;
  readonly cpuS: number;
  readonly connections: number;
}

/** The server's process, and how it is asked. */
class TlsServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(latency: string) {
    const script = new URL("./tls_server.ts", import.meta.url).pathname;
    const args = ["run", "-A", script, "--latency", latency];
    const options = { args, stdin: "piped", stdout: "piped" } as const;
    this.#child = new Deno.Command(Deno.execPath(), options).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#stdin = this.#child.stdin.getWriter();
  }

  async line(): Promise<string> {
    return (await this.#lines.read()).value ?? "";
  }

  async connections(): Promise<number> {
    await this.#stdin.write(new TextEncoder().encode("\n"));
    return Number(await this.line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#stdin.close().catch(() => {});
    await this.#lines.cancel();
  }
}

if (import.meta.main) {
  const { latency, rounds, _: limits } = parseArgs(Deno.args, {
    string: ["latency", "rounds", "_"],
    default: { latency: "0", rounds: "5" },
  }) as { latency: string; rounds: string; _: string[] };
  await using server = new TlsServer(latency);
  const { url, cert } = JSON.parse(await server.line());
  say(`| ${latency} ms of latency | wall | CPU | connections |\n|---|---|---|---|`);
  for (const limit of limits.length > 0 ? limits : ["20"]) {
    const samples = new Map<string, Sample[]>();
    for (let round = 0; round <= Number(rounds); round++) {
      for (const [protocol, optionsOf] of Object.entries(PROTOCOLS)) {
        using client = Deno.createHttpClient({ caCerts: [cert], ...optionsOf(Number(limit)) });
        const sample = await download(url, client, Number(limit));
        const connections = await server.connections();
        const taken = samples.get(protocol) ?? [];
        samples.set(protocol, round === 0 ? [] : [...taken, { ...sample, connections }]);
      }
    }
    for (const [protocol, taken] of samples) say(row(`${protocol}, ${limit} at once`, taken));
  }
}

/** Brings every file, so many at once, and throws it away. */
async function download(endpoint: string, client: Deno.HttpClient, atOnce: number) {
  using s3 = new S3Client({
    endpoint,
    bucket: "flatfiles",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    fetch: (url, init) => fetch(url, { ...init, client }),
  });
  const semaphore = new Semaphore(atOnce);
  const [began, usedBefore] = [performance.now(), cpuUsage()];
  await Promise.all(STOCK_DAYS.dates.map((date) => {
    return semaphore.run(() => s3.get(STOCK_DAYS.keyOf(date)));
  }));
  const { user, system } = cpuUsage(usedBefore);
  return { wallS: (performance.now() - began) / 1_000, cpuS: (user + system) / 1e6 };
}

function row(name: string, samples: readonly Sample[]): string {
  const of = (pick: (sample: Sample) => number) => {
    return samples.map(pick).toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!;
  };
  const [wall, cpu] = [of(({ wallS }) => wallS), of(({ cpuS }) => cpuS)];
  const connections = of((sample) => sample.connections);
  return `| ${name} | ${wall.toFixed(2)} s | ${cpu.toFixed(2)} s | ${connections} |`;
}
