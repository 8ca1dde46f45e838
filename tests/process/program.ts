/**
 * A program that runs as a process of its own, and what it writes, as events.
 *
 * @module
 */

/** How a program is started. */
export interface StartOptions {
  readonly args: readonly string[];
  /** All that it sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** @default {"null"} */
  readonly stdin?: "null" | "piped";
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** After this long a program hangs, and is killed, so that its test fails and ends. */
const PATIENCE_MS = 60_000;

/** A running program; disposing kills it if it has not ended. */
export class Program implements AsyncDisposable {
  /** Resolves when it has ended and all that it wrote is read. */
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: "null" | "piped";
  readonly #written = { stdout: "", stderr: "" };
  #waiting: (() => void)[] = [];

  private constructor(child: Deno.ChildProcess, stdin: "null" | "piped") {
    this.#child = child;
    this.#stdin = stdin;
    this.ended = this.#end();
  }

  static start(path: string, { args, env, cwd, stdin = "null" }: StartOptions): Program {
    const command = new Deno.Command(path, {
      args: [...args],
      env: { ...env },
      clearEnv: true,
      ...(cwd !== undefined && { cwd }),
      stdin,
      stdout: "piped",
      stderr: "piped",
    });
    return new Program(command.spawn(), stdin);
  }

  /** Sends a signal; a program that has ended does not get it. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** What matches in the program's output, as soon as it is there. */
  async output(pattern: RegExp, stream: "stdout" | "stderr" = "stderr"): Promise<string> {
    for (;;) {
      const [match] = pattern.exec(this.#written[stream]) ?? [];
      if (match !== undefined) return match;
      await this.before(new Promise<void>((resolve) => this.#waiting.push(resolve)));
    }
  }

  /** The event, which has to come before the program ends. */
  before<T>(event: Promise<T>): Promise<T> {
    const end = this.ended.then(({ code, stderr }) => {
      throw new Error(`The program ended too early, with ${code}:\n${stderr}`);
    });
    return Promise.race([event, end]);
  }

  /** Types on the program's standard input. */
  async type(text: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
    if (this.#stdin === "piped") await this.#child.stdin.close().catch(() => {});
  }

  async #end(): Promise<Ended> {
    const timer = setTimeout(() => this.kill("SIGKILL"), PATIENCE_MS);
    const [{ code, signal }] = await Promise.all([
      this.#child.status,
      this.#read("stdout"),
      this.#read("stderr"),
    ]);
    clearTimeout(timer);
    return { code, signal, ...this.#written };
  }

  async #read(stream: "stdout" | "stderr"): Promise<void> {
    for await (const text of this.#child[stream].pipeThrough(new TextDecoderStream())) {
      this.#written[stream] += text;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    }
  }
}
