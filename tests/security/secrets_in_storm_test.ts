/** Promise 5 in bad weather: `World` searches output and cache for the key pair and signatures. */

import { assertEquals, assertNotMatch } from "@std/assert";
import { stormFaults } from "../../fixtures/s3_server.ts";
import { filesUnder, IN_QUARTER, KEYS, keysOf, stockFiles, World } from "../program/harness.ts";

/** What the program's own limits would take too long to give up. */
const SLOW = ["stall-headers", "stall-body", "drip"];

Deno.test("flatfetch TSLA --debug --json (a storm) shows no key, token or signature and stores none", async () => {
  const sessionToken = "CANARYTOKEN0123456789";
  const files = stockFiles();
  await using world = await World.open([files], { credentials: { ...KEYS, sessionToken } });
  const faults = stormFaults.filter(({ name }) => !SLOW.includes(name));
  world.s3.faults.storm({ seed: 4, probability: 0.6, key: /gz$/, faults });
  const ended = await world.run(["TSLA", ...IN_QUARTER, "--debug", "--json"], {
    env: {
      MASSIVE_S3_ACCESS_KEY_ID: undefined,
      MASSIVE_S3_SECRET_ACCESS_KEY: undefined,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  });
  const struck = world.s3.requests.filter(({ fault }) => fault !== undefined);
  assertEquals(new Set(struck.map(({ fault }) => fault)).size, faults.length);
  assertNotMatch(ended.stdout + ended.stderr, /CANARY/);
  for await (const path of filesUnder(world.cache)) {
    assertNotMatch(path + await Deno.readTextFile(path), /CANARY/);
  }
  assertEquals(new Set(world.takeGets()), new Set(keysOf(files)));
});
