/**
 * The line to a server: it can be cut in several ways, and mends itself.
 *
 * @module
 */

/** What becomes of a connection while the line is cut; a text is sent as the answer. */
export type Cut = "closed" | "silent" | { readonly answer: string };

/** Forwards connections to a port of this machine. */
export class Line implements AsyncDisposable {
  readonly port: number;
  /** All connections. */
  connections = 0;
  /** Connections that met the cut. */
  knocks = 0;
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running = new Set<Promise<unknown>>();
  /** None while connections are refused. */
  #listener: Deno.TcpListener | undefined;
  #cut: Cut | undefined;
  #left = Infinity;

  /** @param target The server's port. */
  constructor(target: number) {
    this.#target = target;
    const listener = this.#listener = this.#listen(0);
    this.port = listener.addr.port;
  }

  /** Breaks what is open, and lets nothing through until it is mended. */
  cut(how: Cut): void {
    this.#cut = how;
    this.#breakAll();
  }

  /** Mends the line at the last but so many connections that meet the cut. */
  mendAfter(knocks: number): void {
    this.#left = knocks;
  }

  /** Lets everything through again. */
  mend(): void {
    this.#cut = undefined;
    this.#left = Infinity;
  }

  /** Refuses connections. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#breakAll();
  }

  /** Takes connections again, at the same port. */
  accept(): void {
    this.#listener ??= this.#listen(this.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    await Promise.all(this.#running);
  }

  #listen(port: number): Deno.TcpListener {
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#run(this.#acceptAll(listener));
    return listener;
  }

  async #acceptAll(listener: Deno.TcpListener): Promise<void> {
    for await (const socket of listener) this.#run(this.#serve(socket));
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    this.#open.add(socket);
    this.connections++;
    if (this.#cut === undefined) return await this.#forward(socket);
    this.knocks++;
    const how = this.#cut;
    if (--this.#left <= 0) this.mend();
    if (how === "silent") return void await drain(socket);
    if (how !== "closed") {
      await socket.read(new Uint8Array(4_096)).catch(() => 0);
      await socket.write(new TextEncoder().encode(how.answer)).catch(() => 0);
    }
    this.#close(socket);
  }

  async #forward(socket: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect({ port: this.#target });
    this.#open.add(server);
    const both = [[socket, server], [server, socket]] as const;
    await Promise.all(both.map(async ([from, to]) => {
      await from.readable.pipeTo(to.writable).catch(() => {});
      this.#close(socket);
      this.#close(server);
    }));
  }

  #run(work: Promise<unknown>): void {
    const running = work.catch(() => {}).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #breakAll(): void {
    for (const socket of this.#open) this.#close(socket);
  }

  #close(socket: Deno.TcpConn): void {
    this.#open.delete(socket);
    try {
      socket.close();
    } catch {
      // The other side was first.
    }
  }
}

/** Reads until the client gives up. */
async function drain(socket: Deno.TcpConn): Promise<void> {
  const chunk = new Uint8Array(4_096);
  while (await socket.read(chunk).catch(() => null) !== null);
  try {
    socket.close();
  } catch {
    // The line was broken meanwhile.
  }
}
