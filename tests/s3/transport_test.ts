/** The client against real sockets that misbehave. */

import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects } from "@std/assert";
import { IntegrityError, NetworkError, S3Error } from "../../lib/errors.ts";
import { type Retry, S3Client, type S3ClientOptions } from "../../lib/s3/client.ts";

const LIMITS = {
  firstHeadersMs: 300,
  headersMs: 400,
  idleMs: 400,
  windowMs: 500,
  minBytesPerSecond: 100,
  attemptMs: 5_000,
  attemptBytesPerSecond: 32_768,
};

const CREDENTIALS = { accessKeyId: "CANARYID", secretAccessKey: "CANARYSECRET" };
const BODY = "0123456789";
const HEAD = 'HTTP/1.1 200 OK\r\netag: "e"\r\n';

/** Writes one answer; the connection is closed when it returns. */
type Script = (connection: Connection) => Promise<void>;

/** A connection whose request has been read. */
class Connection {
  readonly #connection: Deno.TcpConn;
  /** The request's head. */
  readonly request: string;

  constructor(connection: Deno.TcpConn, request: string) {
    this.#connection = connection;
    this.request = request;
  }

  async write(text: string) {
    await this.#connection.write(new TextEncoder().encode(text));
  }

  /** Waits until the client lets go. */
  async untilClosed() {
    while (await this.#connection.read(new Uint8Array(1_024)).catch(() => null) !== null);
  }
}

/** A server that answers its n-th connection by the n-th script, and the last for ever. */
class Server implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #scripts: readonly Script[];
  readonly #serving = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  readonly requests: string[] = [];

  constructor(...scripts: Script[]) {
    this.#scripts = scripts;
    this.#accepting = this.#accept();
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose]() {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#serving);
  }

  async #accept() {
    for await (const connection of this.#listener) {
      const serving = this.#serve(connection);
      this.#serving.add(serving);
    }
  }

  async #serve(connection: Deno.TcpConn) {
    using _closing = connection;
    const chunk = new Uint8Array(8_192);
    let request = "";
    while (!request.includes("\r\n\r\n")) {
      const length = await connection.read(chunk).catch(() => null);
      if (length === null) return;
      request += new TextDecoder().decode(chunk.subarray(0, length));
    }
    this.requests.push(request);
    const index = Math.min(this.requests.length, this.#scripts.length) - 1;
    await this.#scripts[index]!(new Connection(connection, request))
      .catch(() => {});
  }
}

function clientOf(endpoint: string, options: Partial<S3ClientOptions> = {}) {
  const retries: Retry[] = [];
  const client = new S3Client({
    endpoint,
    bucket: "flatfiles",
    credentials: CREDENTIALS,
    limits: LIMITS,
    random: () => 0,
    onRetry: (retry) => retries.push(retry),
    ...options,
  });
  return { client, retries };
}

const good: Script = (connection) =>
  connection.write(`${HEAD}content-length: 10\r\nconnection: close\r\n\r\n${BODY}`);
const chunkOf = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** How each first answer goes wrong, and what the attempt is then said to have met. */
const FAULTS: Readonly<Record<string, readonly [Script, RegExp]>> = {
  "a body that is short until close": [
    (connection) => connection.write(`${HEAD}connection: close\r\n\r\n01234`),
    /received 5 of 10 bytes/,
  ],
  "a short body in chunks": [
    (connection) =>
      connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n${chunkOf("01234")}0\r\n\r\n`),
    /received 5 of 10 bytes/,
  ],
  "a body cut within its Content-Length": [
    (connection) => connection.write(`${HEAD}content-length: 10\r\n\r\n01234`),
    /within the answer/,
  ],
  "a body cut within its chunks": [
    (connection) =>
      connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n${chunkOf("01234")}`),
    /within the answer/,
  ],
  "an over-long body until close": [
    (connection) => connection.write(`${HEAD}connection: close\r\n\r\n${BODY}x`),
    /received more than 10 bytes/,
  ],
  "an over-long body in chunks": [
    (connection) =>
      connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n${chunkOf(`${BODY}x`)}0\r\n\r\n`),
    /received more than 10 bytes/,
  ],
  "another Content-Length": [
    (connection) => connection.write(`${HEAD}content-length: 11\r\n\r\n${BODY}x`),
    /announces 11 of 10 bytes/,
  ],
  "a close before the answer": [
    () => Promise.resolve(),
    /the connection to 127\.0\.0\.1:\d+ was closed$/,
  ],
  "an answer that is no HTTP": [
    (connection) => connection.write("SSH-2.0-x\r\n\r\n"),
    /before the answer/,
  ],
  "no answer": [(connection) => connection.untilClosed(), /no answer in 300 ms/],
  "half a head": [
    async (connection) => {
      await connection.write(HEAD);
      await connection.untilClosed();
    },
    /no answer in 300 ms/,
  ],
  "a stall in the body": [
    async (connection) => {
      await connection.write(`${HEAD}content-length: 10\r\n\r\n01234`);
      await connection.untilClosed();
    },
    /no byte in 400 ms/,
  ],
  "a stall in the body of an error": [
    async (connection) => {
      await connection.write("HTTP/1.1 500 x\r\ncontent-length: 10\r\n\r\n01234");
      await connection.untilClosed();
    },
    /the server answers HTTP 500/,
  ],
};

for (const [what, [script, message]] of Object.entries(FAULTS)) {
  Deno.test(`get() fetches again after ${what}`, async () => {
    await using server = new Server(script, good);
    const { client, retries } = clientOf(server.endpoint);
    using _closing = client;
    const { bytes, etag } = await client.get("k", { size: 10 });
    assertEquals([new TextDecoder().decode(bytes), etag], [BODY, "e"]);
    const last = retries.at(-1)!;
    assert(message.test(last.error.message), last.error.message);
    assertEquals(client.requests, retries.length + 1);
  });
}

/** Writes a byte now and then until the client lets go. */
const trickle = (everyMs: number): Script => async (connection) => {
  await connection.write(`${HEAD}content-length: 1000000\r\n\r\n`);
  const closed = connection.untilClosed();
  const timer = setInterval(() => connection.write("x").catch(() => {}), everyMs);
  await closed;
  clearInterval(timer);
};

Deno.test("get() gives a trickle up, with its own limits as the cause", async () => {
  await using server = new Server(trickle(20));
  const { client, retries } = clientOf(server.endpoint);
  using _closing = client;
  const startMs = performance.now();
  const error = await assertRejects(() => client.get("k"), NetworkError, "in 500 ms");
  assertEquals([error.timedOut, error.phase, retries.length], [true, "body", 5]);
  assertLess(performance.now() - startMs, 20_000);
});

Deno.test("get() gives an attempt up as a whole, the later for a larger object", async () => {
  await using server = new Server(trickle(20));
  const limits = { ...LIMITS, minBytesPerSecond: 0, attemptMs: 100, attemptBytesPerSecond: 2e6 };
  const { client } = clientOf(server.endpoint, { limits });
  using _closing = client;
  const { message } = await assertRejects(() => client.get("k", { size: 1e6 }), NetworkError);
  assertEquals(message, 'Cannot download "k": not complete in 500 ms');
});

Deno.test("get() gives later attempts more time until the head", async () => {
  await using server = new Server((connection) => connection.untilClosed());
  const { client, retries } = clientOf(server.endpoint);
  using _closing = client;
  const last = await assertRejects(() => client.get("k"), NetworkError, "no answer in 400 ms");
  assertEquals([last.timedOut, last.phase], [true, "headers"]);
  assertEquals(retries[0]!.error.message, 'Cannot download "k": no answer in 300 ms');
});

Deno.test("get() sends nothing to the target of a redirect", async () => {
  await using other = new Server(good);
  await using server = new Server((connection) =>
    connection.write(
      `HTTP/1.1 307 x\r\nlocation: ${other.endpoint}/k\r\ncontent-length: 0\r\n\r\n`,
    )
  );
  const { client } = clientOf(server.endpoint);
  using _closing = client;
  await assertRejects(() => client.get("k"), S3Error, 'the host "127.0.0.1"');
  assertEquals([server.requests.length, other.requests.length], [6, 0]);
});

Deno.test("get() leaves gzip content as it is", async () => {
  const gz = "\x1f\x0b no gzip at all";
  await using server = new Server((connection) =>
    connection.write(
      `${HEAD}content-encoding: gzip\r\ncontent-length: ${gz.length}\r\n\r\n${gz}`,
    )
  );
  const { client } = clientOf(server.endpoint);
  using _closing = client;
  const { bytes } = await client.get("k", { size: gz.length });
  assertEquals(new TextDecoder().decode(bytes), gz);
  assert(/^accept-encoding: identity\r$/im.test(server.requests[0]!));
});

Deno.test("get() sends awkward keys and queries as they were signed", async () => {
  await using server = new Server(good);
  const { client } = clientOf(server.endpoint);
  using _closing = client;
  await client.get("a b+c%/!'()*?#ü\\");
  assertEquals(
    server.requests[0]!.split("\r\n")[0],
    "GET /flatfiles/a%20b%2Bc%25/%21%27%28%29%2A%3F%23%C3%BC%5C HTTP/1.1",
  );
  await assertRejects(() => client.list("a b+/*'").next(), IntegrityError);
  assertEquals(
    server.requests[1]!.split("\r\n")[0],
    "GET /flatfiles?list-type=2&encoding-type=url&prefix=a%20b%2B%2F%2A%27 HTTP/1.1",
  );
});

Deno.test("get() tells that nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { client } = clientOf(`http://127.0.0.1:${port}`);
  using _closing = client;
  const error = await assertRejects(() => client.get("k"), NetworkError);
  const what = `the connection to 127.0.0.1:${port} was refused`;
  assertEquals(error.message, `Cannot download "k": ${what}`);
  assert(!Deno.inspect(error).includes("http://"));
});

Deno.test("get() retries over a connection of its own", async () => {
  const ports: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (_, info) => {
    ports.push(String(info.remoteAddr.port));
    const bytes = ports.length === 2 ? "x" : BODY;
    return new Response(bytes, { headers: { etag: '"e"' } });
  });
  const { client } = clientOf(`http://127.0.0.1:${server.addr.port}`);
  using _closing = client;
  await client.get("a", { size: 10 });
  await client.get("b", { size: 10 });
  assertEquals([ports.length, ports[0] === ports[1], ports[1] === ports[2]], [3, true, false]);
});

Deno.test("get() aborts at once, and the server sees it", async () => {
  const stalled = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  await using server = new Server(async (connection) => {
    await connection.write(`${HEAD}content-length: 10\r\n\r\n01234`);
    stalled.resolve();
    await connection.untilClosed();
    released.resolve();
  });
  const limits = { ...LIMITS, idleMs: 60_000, windowMs: 60_000 };
  const { client, retries } = clientOf(server.endpoint, { limits });
  using _closing = client;
  const controller = new AbortController();
  const getting = client.get("k", { signal: controller.signal });
  await stalled.promise;
  controller.abort("enough");
  assertEquals(await getting.catch((error) => error), "enough");
  await released.promise;
  assertEquals(retries.length, 0);
});

Deno.test("get() of twenty objects at once brings each its own bytes", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) => new Response(new URL(url).pathname.repeat(10_000)),
  );
  const { client } = clientOf(`http://127.0.0.1:${server.addr.port}`, { limits: {} });
  using _closing = client;
  await Promise.all(Array.from({ length: 60 }, async (_, i) => {
    const text = `/flatfiles/k${i}`.repeat(10_000);
    const { bytes } = await client.get(`k${i}`, { size: text.length });
    assertEquals(new TextDecoder().decode(bytes), text);
  }));
  assertEquals(client.requests, 60);
});

Deno.test("a closed client refuses to send", async () => {
  await using server = new Server(good);
  const { client } = clientOf(server.endpoint);
  client.close();
  client.close();
  const error = await client.get("k").catch((error) => error);
  assertInstanceOf(error, TypeError);
  assertEquals(server.requests.length, 0);
});
