/**
 * Serves the checkout's sources over http, as any web server does.
 *
 * @module
 */

import { ROOT } from "./place.ts";

/** A server of the checkout; disposing ends it. */
export class FileServer implements AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly host: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
    this.host = `127.0.0.1:${this.#server.addr.port}`;
    this.url = `http://${this.host}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ts: "application/typescript",
  json: "application/json",
  js: "text/javascript",
  css: "text/css",
};

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const type = TYPES[/\.(\w+)$/.exec(pathname)?.[1] ?? ""];
  if (type === undefined) return new Response("Not found", { status: 404 });
  try {
    const text = await Deno.readTextFile(`${ROOT}${pathname.slice(1)}`);
    return new Response(text, { headers: { "content-type": type } });
  } catch {
    return new Response("Not found", { status: 404 });
  }
}
