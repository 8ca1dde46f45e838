/**
 * A real NATS server on this machine, where one is installed (Debian's package `nats-server`).
 *
 * @module
 */

/** Whether there is one. */
export const HAS_SERVER: boolean = hasServer();

function hasServer(): boolean {
  try {
    const args = ["--version"];
    return new Deno.Command("nats-server", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** How it is started. */
export interface NatsOptions {
  readonly args?: readonly string[];
  /** @default {true} */
  readonly jetstream?: boolean;
}

/** A server with JetStream, whose files outlive it when it is killed and started again. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  /** Where it keeps what it stores. */
  readonly folder: string;
  readonly #args: readonly string[];
  readonly #storage: readonly string[];
  #process: Deno.ChildProcess | undefined;

  private constructor(port: number, folder: string, { args, jetstream }: NatsOptions) {
    this.port = port;
    this.folder = folder;
    this.#args = args ?? [];
    this.#storage = jetstream === false ? [] : ["-js", "-sd", folder];
  }

  static async start(options: NatsOptions = {}): Promise<NatsServer> {
    const folder = await Deno.makeTempDir({ prefix: "flatfetch-nats-" });
    for (let tries = 1;; tries++) {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr as Deno.NetAddr;
      listener.close();
      const server = new NatsServer(port, folder, options);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Another process may have taken the port meanwhile.
        if (tries === 5) throw error;
      }
    }
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, with what it has stored. */
  async restart(args: readonly string[] = this.#args): Promise<void> {
    const address = ["-a", "127.0.0.1", "-p", String(this.port)];
    this.#process = new Deno.Command("nats-server", {
      args: [...this.#storage, ...address, ...args],
      stdout: "null",
      stderr: "null",
    }).spawn();
    let ended = false;
    this.#process.status.then(() => ended = true);
    while (!await this.#answers()) {
      if (ended) throw new Error(`nats-server has ended: another one may have port ${this.port}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#process?.kill(signal);
    await this.#process?.status;
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process) await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #answers(): Promise<boolean> {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
      const greeting = new Uint8Array(5);
      const late = setTimeout(() => connection.close(), 1_000);
      await connection.read(greeting).finally(() => clearTimeout(late));
      return new TextDecoder().decode(greeting) === "INFO ";
    } catch {
      return false;
    }
  }
}
