/**
 * Worker processes that write down what they do.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** Worker processes with a folder for what they do. */
export class Machines implements AsyncDisposable {
  readonly #url: string;
  readonly folder: string;
  readonly #running = new Map<string, Deno.ChildProcess>();

  constructor(url: string, folder: string) {
    this.#url = url;
    this.folder = folder;
  }

  static async open(url: string): Promise<Machines> {
    return new Machines(url, await Deno.makeTempDir({ prefix: "flatfetch-fleet-" }));
  }

  /** @param leastMs How long it takes at least for each task. */
  start(name: string, leastMs = 0): Deno.ChildProcess {
    const script = fileURLToPath(new URL("./idle_worker.ts", import.meta.url));
    const address = new URL(this.#url).host;
    const process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-check", `--allow-net=${address}`],
        ...["--allow-read", `--allow-write=${this.folder}`, "--allow-env"],
        ...[script, this.#url, name, this.folder, "2", `${leastMs}`],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.#running.set(name, process);
    return process;
  }

  /** Lines of a key and the name of who began it. */
  async begun(): Promise<string[]> {
    const text = await Deno.readTextFile(`${this.folder}/begun`).catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** Waits until a worker has begun something. */
  async untilBegun(name: string): Promise<void> {
    while (!(await this.begun()).some((line) => line.endsWith(` ${name}`))) await soon();
  }

  /** The keys of what is done, each with who did it last. */
  async done(): Promise<Map<string, string>> {
    const names = await Array.fromAsync(Deno.readDir(this.folder), ({ name }) => name);
    const keys = names.filter((name) => name !== "begun");
    return new Map(
      await Promise.all(
        keys.map(async (key) => [key, await Deno.readTextFile(`${this.folder}/${key}`)] as const),
      ),
    );
  }

  async [Symbol.asyncDispose]() {
    for (const process of this.#running.values()) {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));
