/**
 * A network between a worker and a server.
 *
 * @module
 */

/** A connection to a server that can be cut or lose all that is sent, and is then taken up again. */
export class Wire implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  #isDead = false;

  constructor(port: number) {
    this.#serve(port);
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  cut(): void {
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch {
        // It was closed by the other side.
      }
    }
    this.#open.clear();
    this.#isDead = false;
  }

  /** Lets nothing through until it is cut; nobody hears of that. */
  drop(): void {
    this.#isDead = true;
  }

  async #serve(port: number): Promise<void> {
    for await (const near of this.#listener) {
      try {
        const far = await Deno.connect({ hostname: "127.0.0.1", port });
        for (const connection of [near, far]) this.#open.add(connection);
        this.#pass(near, far);
        this.#pass(far, near);
      } catch {
        // The server is away.
        near.close();
      }
    }
  }

  #pass(from: Deno.Conn, to: Deno.Conn): void {
    const filter = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        if (!this.#isDead) controller.enqueue(chunk);
      },
    });
    from.readable.pipeThrough(filter).pipeTo(to.writable).catch(() => {});
  }

  [Symbol.dispose]() {
    this.#listener.close();
    this.cut();
  }
}
