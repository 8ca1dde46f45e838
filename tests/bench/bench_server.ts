/**
 * Starts the benchmarks' servers, each as a process of its own.
 *
 * @module
 */

import { deno } from "./flatfetch.ts";
import { ProgramError } from "./measure.ts";
import type { Traffic } from "./server.ts";

/** Every server that was asked for; disposing ends them. */
export class BenchServers implements AsyncDisposable {
  readonly #started = new Map<string, BenchServer>();

  /**
   * The server with these options, which is started when it is first asked for.
   *
   * @throws {ProgramError} when it refuses the options.
   */
  async with(options: readonly string[]): Promise<BenchServer> {
    const name = options.join(" ");
    const server = this.#started.get(name) ?? await BenchServer.start(...options);
    this.#started.set(name, server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#started.values()) await server[Symbol.asyncDispose]();
  }
}

/** A running server; disposing ends it. */
export class BenchServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #answers: ReadableStreamDefaultReader<string>;

  private constructor(
    url: string,
    child: Deno.ChildProcess,
    answers: ReadableStreamDefaultReader<string>,
  ) {
    this.url = url;
    this.#child = child;
    this.#answers = answers;
  }

  /** @throws {ProgramError} when it refuses the options. */
  static async start(...options: readonly string[]): Promise<BenchServer> {
    const invocation = deno("tests/bench/server.ts", ...options);
    const child = new Deno.Command(invocation.command, {
      args: [...invocation.args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await answers.read();
    if (value === undefined) {
      const [stderr, { code }] = await Promise.all([child.stderr.text(), child.status]);
      await child.stdin.abort();
      throw new ProgramError(invocation, code, stderr);
    }
    await child.stderr.cancel();
    return new BenchServer(value.trim(), child, answers);
  }

  /** What came since the last time. */
  async takeTraffic(): Promise<Traffic> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("requests\n"));
    writer.releaseLock();
    return JSON.parse((await this.#answers.read()).value ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#answers.cancel();
  }
}
