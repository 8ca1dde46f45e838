/**
 * Starts the benchmarks' server as a process of its own.
 *
 * @module
 */

/** The running server; disposing ends it. */
export class BenchServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(
    url: string,
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
  ) {
    this.url = url;
    this.#child = child;
    this.#lines = lines;
  }

  static async start(...args: readonly string[]): Promise<BenchServer> {
    const script = new URL("./server.ts", import.meta.url).pathname;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, ...args],
      stdin: "piped",
      stdout: "piped",
    });
    const child = command.spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    return new BenchServer(value.trim(), child, lines);
  }

  /** How many requests came since the last time, and how many of them were GETs. */
  async requests(): Promise<{ requests: number; gets: number }> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("requests\n"));
    writer.releaseLock();
    return JSON.parse((await this.#lines.read()).value ?? "{}");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#lines.cancel();
  }
}
