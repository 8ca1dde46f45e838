/** Promise 4, with an outage: it is waited out as one event, and the server sees no rush. */

import { assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { serveS3 } from "../../fixtures/s3_server.ts";
import { type ProgressEvent, TemporaryError } from "../../mod.ts";
import { QUARTER, stockFiles, World } from "../program/harness.ts";
import { PrivateAuthority } from "../security/certificates.ts";
import { type Cut, Line } from "./line.ts";

const page = (status: string) => {
  const body = `<html><body><h1>${status}</h1></body></html>`;
  const length = `content-length: ${body.length}`;
  return { answer: `HTTP/1.1 ${status}\r\n${length}\r\nconnection: close\r\n\r\n${body}` };
};

/** Of this one every number at once is tried. */
const FIRST = "connections are closed";

/** What a connection meets while the server is away. */
const CUTS: Readonly<Record<string, Cut>> = {
  [FIRST]: "closed",
  "nothing is answered": "silent",
  "a proxy answers 502": page("502 Bad Gateway"),
  "a proxy answers 503": page("503 Service Unavailable"),
  "a proxy answers 504": page("504 Gateway Timeout"),
  "what answers is no HTTP": { answer: "SSH-2.0-x\r\n" },
};

/** Questions of the run before the server is back. */
const ASKED = 4;

const LIMITS = { firstHeadersMs: 300, headersMs: 300, idleMs: 300 };

const isAway = (event: ProgressEvent) =>
  event.type === "notice" && event.message.startsWith("No connection succeeds");

/** Acts when the server has been asked for so many objects from now on. */
function atGet({ s3 }: World, count: number, act: () => void): void {
  const respond = s3.respond.bind(s3);
  s3.respond = (request) => {
    if (/gz$/.test(request.target) && --count === 0) act();
    return respond(request);
  };
}

for (const [what, cut] of Object.entries(CUTS)) {
  Deno.test(`preload() (in mid-run ${what}) waits, asks seldom, and has every file`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    for (const concurrency of what === FIRST ? [1, 20, 64, "auto"] as const : [20]) {
      await using line = new Line(Number(new URL(world.url).port));
      let outages = 0;
      atGet(world, 10, () => line.cut(cut));
      const { bars, summary } = await world.load(["TSLA"], {
        ...QUARTER,
        cacheDirectory: `${world.cache}/${concurrency}`,
        endpoint: `http://127.0.0.1:${line.port}`,
        concurrency,
        limits: LIMITS,
        reporter: (event) => {
          if (!isAway(event)) return;
          outages++;
          line.mendAfter(ASKED);
        },
      });
      assertEquals([summary.complete, outages], [true, 1], `-j ${concurrency}`);
      assertEquals(bars.TSLA, files.truth("TSLA"));
      const most = concurrency === "auto" ? 20 : concurrency;
      assertLessOrEqual(line.knocks, 2 * most + ASKED + 1, `-j ${concurrency}`);
    }
  });
}

Deno.test("preload() (the server is killed and comes back at its port) has every file, once each", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await using line = new Line(Number(new URL(world.url).port));
  for (const count of [5, 25, 45]) atGet(world, count, () => line.refuse());
  const { bars, summary } = await world.load(["TSLA"], {
    ...QUARTER,
    endpoint: `http://127.0.0.1:${line.port}`,
    reporter: (event) => isAway(event) && line.accept(),
  });
  assertEquals(summary.complete, true);
  assertEquals(bars.TSLA, files.truth("TSLA"));
});

Deno.test("preload() (in mid-run TLS handshakes are cut) waits and has every file", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await using authority = await PrivateAuthority.make();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...await authority.issue() };
  await using server = Deno.serve(options, (request) => world.s3.handler(request));
  await using line = new Line(server.addr.port);
  const caCerts = [await Deno.readTextFile(authority.path)];
  using client = Deno.createHttpClient({ http2: false, caCerts });
  atGet(world, 10, () => line.cut("closed"));
  const { bars, summary } = await world.load(["TSLA"], {
    ...QUARTER,
    endpoint: `https://localhost:${line.port}`,
    fetch: (url, init) => fetch(url, { ...init, client }),
    reporter: (event) => isAway(event) && line.mendAfter(ASKED),
  });
  assertEquals(summary.complete, true);
  assertEquals(bars.TSLA, files.truth("TSLA"));
});

Deno.test("preload() (an outage while the years are listed) lists them all", async () => {
  const span = { from: "2022-12-01", to: "2025-03-31" };
  const files = stockFiles(span);
  await using world = await World.open([files]);
  await using line = new Line(Number(new URL(world.url).port));
  let listed = 0;
  const respond = world.s3.respond.bind(world.s3);
  world.s3.respond = (request) => {
    if (request.target.includes("list-type") && ++listed === 2) line.cut("closed");
    return respond(request);
  };
  const { bars, summary } = await world.load(["TSLA"], {
    ...span,
    endpoint: `http://127.0.0.1:${line.port}`,
    reporter: (event) => isAway(event) && line.mendAfter(ASKED),
  });
  assertEquals(summary.complete, true);
  assertEquals(bars.TSLA?.length, files.truth("TSLA").length);
  assertLessOrEqual(line.knocks, 2 * 4 + ASKED);
});

Deno.test("preload() (an outage longer than patienceMs) ends with what is finished kept", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await using line = new Line(Number(new URL(world.url).port));
  const endpoint = `http://127.0.0.1:${line.port}`;
  atGet(world, 30, () => line.cut("closed"));
  const error = await world.load(["TSLA"], { ...QUARTER, endpoint, patienceMs: 700 })
    .catch((error) => error);
  assertInstanceOf(error, TemporaryError);
  assertLessOrEqual(line.knocks, 2 * 20 + 10);
  line.mend();
  world.takeGets();
  const next = await world.load(["TSLA"], { ...QUARTER, endpoint });
  assertEquals(next.bars.TSLA, files.truth("TSLA"));
  assertLessOrEqual(world.takeGets().length, files.dates.length - 10);
});

Deno.test("preload() (the server is not there from the start) ends soon, though the listing is kept", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const server = serveS3(world.s3);
  const endpoint = server.url;
  await world.load(["TSLA"], { ...QUARTER, endpoint, keepLimitBytes: 0 });
  await server[Symbol.asyncDispose]();
  const error = await world.load(["AAPL"], { ...QUARTER, endpoint }).catch((error) => error);
  assertEquals(
    error.message.replace(/".*"/, "K"),
    `Cannot download K: the connection to ${new URL(endpoint).host} was refused`,
  );
});
