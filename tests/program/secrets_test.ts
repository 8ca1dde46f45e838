/**
 * That no secret is shown or stored, whatever fails: `World` searches the output of every
 * run, and the cache directory at the end, for the key pair and for signatures.
 */

import { assertEquals, assertNotEquals, assertNotMatch } from "@std/assert";
import type { FaultName } from "../../fixtures/s3_server.ts";
import { filesUnder, IN_QUARTER, KEYS, stockFiles, World } from "./harness.ts";

const SPAN = { from: "2025-01-02", to: "2025-01-08" };
const IN_SPAN = ["--from", SPAN.from, "--to", SPAN.to];

const FAULTS: readonly FaultName[] = [
  "internal-error",
  "access-denied",
  "not-found",
  "reset-before",
  "reset-in-body",
  "bit-flip",
  "etag-swap",
  "redirect",
  "html-page",
  "expired-token",
  "skew",
];

for (const fault of FAULTS) {
  Deno.test(`flatfetch TSLA --debug (${fault}) shows no secret`, async () => {
    for (const scope of [{ listing: "" }, { key: /01-0[36]/ }]) {
      await using world = await World.open([stockFiles(SPAN)]);
      world.s3.faults.add(fault, scope);
      const { code } = await world.run(["TSLA", ...IN_SPAN, "--debug", "--json"]);
      assertNotEquals(code, 1);
    }
  });
}

Deno.test("flatfetch TSLA --debug (keys that the server does not know) shows no secret", async () => {
  await using world = await World.open([stockFiles(SPAN)]);
  const wrong = [
    { MASSIVE_S3_ACCESS_KEY_ID: "CANARYKEYID9876543210" },
    { MASSIVE_S3_SECRET_ACCESS_KEY: "canary/other+secret/0123456789abcdefghij" },
    { MASSIVE_S3_SECRET_ACCESS_KEY: undefined },
    { MASSIVE_S3_SECRET_ACCESS_KEY: "canary\nin two lines" },
    { MASSIVE_S3_ACCESS_KEY_ID: "canary key id" },
    { FLATFETCH_ENDPOINT: "https://user:canary@files.example" },
    { FLATFETCH_ENDPOINT: "https://files.example/?token=canary" },
    { FLATFETCH_ENDPOINT: "canary" },
  ];
  for (const env of wrong) {
    const { code, stdout, stderr } = await world.run(["TSLA", ...IN_SPAN, "--debug"], { env });
    assertNotMatch(stdout + stderr, /canary/i);
    assertEquals(code, 4);
  }
});

Deno.test("flatfetch TSLA --debug (session token) shows no token and stores none", async () => {
  const sessionToken = "canary-session-token-0123456789";
  const credentials = { ...KEYS, sessionToken };
  await using world = await World.open([stockFiles(SPAN)], { credentials });
  const env = {
    MASSIVE_S3_ACCESS_KEY_ID: undefined,
    MASSIVE_S3_SECRET_ACCESS_KEY: undefined,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
  world.s3.faults.add("reset-before", { key: /01-03/ });
  world.s3.faults.add("bit-flip", { key: /01-06/ });
  const { code, stdout, stderr } = await world.run(["TSLA", ...IN_SPAN, "--debug"], { env });
  assertEquals(code, 3);
  assertNotMatch(stdout + stderr, /canary/);
  for await (const path of filesUnder(world.cache)) {
    assertNotMatch(await Deno.readTextFile(path), /canary/);
  }
});

Deno.test("flatfetch TSLA takes keys and endpoint from a profile and shows neither key", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await Deno.mkdir(`${world.home}/.aws`);
  await Deno.writeTextFile(
    `${world.home}/.aws/credentials`,
    `[massive]\naws_access_key_id = ${KEYS.accessKeyId}\n` +
      `aws_secret_access_key = ${KEYS.secretAccessKey}\n`,
  );
  await Deno.writeTextFile(
    `${world.home}/.aws/config`,
    `[profile massive]\nendpoint_url = ${world.url}\n`,
  );
  const env = {
    FLATFETCH_ENDPOINT: undefined,
    MASSIVE_S3_ACCESS_KEY_ID: undefined,
    MASSIVE_S3_SECRET_ACCESS_KEY: undefined,
  };
  assertEquals((await world.run(["TSLA", ...IN_QUARTER, "--debug"], { env })).code, 0);
  assertEquals(world.takeGets().length, 60);
});
