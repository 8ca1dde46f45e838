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

  /** @param types what a file's extension is sent as, where that is not the usual. */
  constructor(types: Types = {}) {
    const answer = (request: Request) => answerWith({ ...TYPES, ...types }, request);
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
    this.host = `127.0.0.1:${this.#server.addr.port}`;
    this.url = `http://${this.host}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

type Types = Readonly<Record<string, string>>;

const TYPES: Types = {
  ts: "application/typescript",
  json: "application/json",
  js: "text/javascript",
  css: "text/css",
};

async function answerWith(types: Types, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const type = types[/\.(\w+)$/.exec(pathname)?.[1] ?? ""];
  if (type === undefined) return new Response("Not found", { status: 404 });
  try {
    const text = await Deno.readTextFile(`${ROOT}${pathname.slice(1)}`);
    return new Response(text, { headers: { "content-type": type } });
  } catch {
    return new Response("Not found", { status: 404 });
  }
}
