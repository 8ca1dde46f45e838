/**
 * A proxy that counts who comes, and lets nobody through.
 *
 * @module
 */

/** Listens until it is disposed of. */
export class CountingProxy implements AsyncDisposable {
  /** As in `HTTP_PROXY`. */
  readonly url: string;
  /** What each connection sent first. */
  readonly heard: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;

  readonly #refusal: Uint8Array<ArrayBuffer>;

  /** @param status what it answers. */
  constructor(status = "403 Forbidden") {
    const head = `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
    this.#refusal = new TextEncoder().encode(head);
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#serving = this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const socket of this.#listener) {
      using _closing = socket;
      const bytes = new Uint8Array(4_096);
      const length = await socket.read(bytes).catch(() => 0) ?? 0;
      this.heard.push(new TextDecoder().decode(bytes.subarray(0, length)));
      await socket.write(this.#refusal).catch(() => {});
    }
  }
}
