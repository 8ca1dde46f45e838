/**
 * An S3 server that tells of each connection how long it was kept without an answer's end,
 * and whether it was the client that let it go.
 *
 * @module
 */

import { HttpConnection } from "../../fixtures/s3_connection.ts";
import type { FakeS3 } from "../../fixtures/s3_server.ts";

/** An answer that was never finished; none of one byte, by which a client asks whether we are there. */
export interface Unfinished {
  /** The object's key; `undefined` for a listing. */
  readonly key: string | undefined;
  /** From the answer's begin to the connection's end. */
  readonly heldMs: number;
}

/** Disposing waits until the client has closed every connection: it closes none itself. */
export class CountedServer implements AsyncDisposable {
  /** The endpoint. */
  readonly url: string;
  /** The answers that the client broke off. */
  readonly unfinished: Unfinished[] = [];
  /** Connections that are open now. */
  open = 0;
  readonly #s3: FakeS3;
  readonly #listener: Deno.TcpListener;
  readonly #serving: Promise<void>[] = [];
  readonly #accepting: Promise<void>;

  constructor(s3: FakeS3) {
    this.#s3 = s3;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#accepting = this.#accept();
  }

  /** Resolves when the client has closed every connection so far. */
  async closed(): Promise<void> {
    await Promise.all(this.#serving);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await this.closed();
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) this.#serving.push(this.#serve(socket));
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    this.open++;
    using connection = new HttpConnection(socket);
    for (;;) {
      const request = await connection.readRequest();
      if (request === undefined) break;
      const reply = this.#s3.respond(request);
      const key = this.#s3.requests.at(-1)?.key;
      const startMs = performance.now();
      const isAlive = await connection.send(reply);
      this.#s3.settle(reply);
      if (isAlive) continue;
      const isQuestion = request.headers.get("range") === "bytes=0-0";
      if (!isQuestion && ["silent", "babble", "stall", "drip"].includes(reply.delivery.kind)) {
        this.unfinished.push({ key, heldMs: performance.now() - startMs });
      }
      break;
    }
    this.open--;
  }
}
