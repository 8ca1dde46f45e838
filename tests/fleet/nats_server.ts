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
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const folder = await Deno.makeTempDir({ prefix: "flatfetch-nats-" });
    const server = new NatsServer(port, folder, options);
    await server.restart();
    return server;
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
    while (!await this.#answers()) await new Promise((resolve) => setTimeout(resolve, 20));
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
      (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
      return true;
    } catch {
      return false;
    }
  }
}
