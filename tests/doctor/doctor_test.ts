import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { serveS3 } from "../../fixtures/s3_server.ts";
import { ConfigurationError, NetworkError, S3Error, TemporaryError } from "../../mod.ts";
import { KEYS } from "../program/harness.ts";
import { checkAll, FOUND, fullBucket, illnesses, only } from "./full_bucket.ts";

/** Enough for everything else, on a machine that is busy. */
const LIMIT_MS = 2_000;

const NOT_TRIED = ["listing warning", "plan warning", "download warning"];

Deno.test("diagnose() tells where the keys are from, and never what they are", async () => {
  const credentials = { ...KEYS, sessionToken: "canary-token" };
  const findCredentials = () => Promise.resolve({ ...FOUND, credentials });
  const { text } = only(await checkAll(fullBucket().fetch, { findCredentials }), "credentials");
  assertEquals(text, "found in MASSIVE_S3_ACCESS_KEY_ID, with a session token");
});

Deno.test("diagnose() (no keys) names every place, reaches the endpoint and tries no more", async () => {
  const s3 = fullBucket();
  const lookedFor = ["MASSIVE_S3_ACCESS_KEY_ID", "profile massive in ~/.aws/credentials"];
  const findCredentials = () => Promise.resolve({ kind: "missing", lookedFor } as const);
  const all = await checkAll(s3.fetch, { findCredentials });
  const { text, error } = only(all, "credentials");
  assertEquals(text, `Cannot find S3 credentials: looked for ${lookedFor.join(", ")}`);
  assertInstanceOf(error, ConfigurationError);
  assertEquals(only(all, "endpoint").status, "ok");
  assertEquals(only(all, "listing").text, "not tried: there are no credentials");
  assertEquals(illnesses(all), ["credentials failure", ...NOT_TRIED]);
  assertEquals(s3.requests.length, 1);
});

Deno.test("diagnose() (half a key pair) is the failure of its search", async () => {
  const error = new ConfigurationError("Cannot use half a key pair");
  const findCredentials = () => Promise.reject(error);
  const found = only(await checkAll(fullBucket().fetch, { findCredentials }), "credentials");
  assertEquals([found.status, found.error], ["failure", error]);
});

for (const part of ["accessKeyId", "secretAccessKey"] as const) {
  Deno.test(`diagnose() (wrong ${part}) is a failure of the listing, and asks for no file`, async () => {
    const s3 = fullBucket();
    const credentials = { ...KEYS, [part]: "wrong" };
    const findCredentials = () => Promise.resolve({ ...FOUND, credentials });
    const all = await checkAll(s3.fetch, { findCredentials });
    assertEquals(illnesses(all), ["listing failure", "plan warning", "download warning"]);
    const { error } = only(all, "listing");
    assertInstanceOf(error, S3Error);
    assertEquals(error.status, 403);
    assertEquals(s3.requests.length, 2);
  });
}

/** Minutes that this machine is ahead, and what is said. */
const CLOCKS: readonly (readonly [number, "ok" | "warning" | "failure", RegExp])[] = [
  [0, "ok", /^this machine's clock is that of the server$/],
  [1, "ok", /^this machine's clock is 60 s ahead of the server's$/],
  [-4.9, "ok", /^this machine's clock is 5 minutes behind the server's$/],
  [5.1, "warning", /^this machine's clock is 5 minutes ahead of the server's$/],
  [-14.9, "warning", /^this machine's clock is 15 minutes behind the server's$/],
  [15.1, "failure", /^Cannot sign by this clock: this machine's clock is 15 minutes ahead of/],
  [-600, "failure", /600 minutes behind the server's$/],
];

for (const [minutes, status, text] of CLOCKS) {
  Deno.test(`diagnose() (clock ${minutes} minutes off) is ${status}, and the bucket works`, async () => {
    const now = 1_700_000_000_000;
    const s3 = fullBucket();
    const all = await checkAll(
      (input, init) =>
        new URL(String(input)).pathname === "/flatfiles" && init?.method === "HEAD"
          ? Promise.resolve(new Response(null, { headers: { date: new Date(now).toUTCString() } }))
          : s3.fetch(input, init),
      { now: () => now + minutes * 60_000 },
    );
    const clock = only(all, "clock");
    assertEquals(clock.status, status);
    assertMatch(clock.text, text);
    assertEquals(only(all, "download").status, "ok");
    if (status === "failure") assertInstanceOf(clock.error, ConfigurationError);
  });
}

Deno.test("diagnose() (a server whose own clock is 20 minutes off) still works", async () => {
  const s3 = fullBucket({ now: () => Date.now() + 20 * 60_000 });
  assertEquals(illnesses(await checkAll(s3.fetch)), ["clock failure"]);
});

Deno.test("diagnose() (dead endpoint) is a failure, and tries no more", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const { host } = new URL(endpoint);
  const all = await checkAll(fetch, { endpoint, fetch: undefined });
  assertEquals(illnesses(all), ["endpoint failure", "clock warning", ...NOT_TRIED]);
  const { text, error } = only(all, "endpoint");
  assertEquals(
    text,
    `Cannot reach the endpoint at "127.0.0.1": the connection to ${host} was refused`,
  );
  assertInstanceOf(error, NetworkError);
  assertEquals(only(all, "clock").text, "not tried: the endpoint cannot be reached");
});

Deno.test("diagnose() (plain http to another machine) is a failure before anything is sent", async () => {
  const s3 = fullBucket();
  const all = await checkAll(s3.fetch, { endpoint: "http://files.example" });
  assertInstanceOf(only(all, "endpoint").error, ConfigurationError);
  assertEquals(s3.requests, []);
});

Deno.test("diagnose() (endpoint that never answers) gives up after its limit", async () => {
  const all = await checkAll((_, init) => hang(init!.signal!), { limitMs: LIMIT_MS });
  assertEquals(illnesses(all), ["endpoint failure", "clock warning", ...NOT_TRIED]);
  const { text, error } = only(all, "endpoint");
  assertEquals(text, "Cannot finish the check endpoint: it takes longer than 2 seconds");
  assertInstanceOf(error, TemporaryError);
});

Deno.test("diagnose() (listing that stalls) gives up after its limit, with the socket closed", async () => {
  const s3 = fullBucket();
  s3.faults.add("stall-headers", { listing: "" });
  await using server = serveS3(s3);
  const all = await checkAll(fetch, {
    endpoint: server.url,
    fetch: undefined,
    limitMs: LIMIT_MS,
  });
  assertEquals(illnesses(all), ["listing failure", "plan warning", "download warning"]);
  assertInstanceOf(only(all, "listing").error, TemporaryError);
});

Deno.test("diagnose() rejects with the reason of an abort, also within an check", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const s3 = fullBucket();
  const error = await checkAll((input, init) => {
    if (s3.requests.some(({ prefix }) => prefix !== undefined)) stop.abort(reason);
    return s3.fetch(input, init);
  }, { signal: stop.signal }).catch((error) => error);
  assertEquals(error, reason);
});

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
