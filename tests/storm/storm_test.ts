/** Promises 2, 3 and 4 in bad weather: the result is the same, and it comes. */

import { assert, assertEquals } from "@std/assert";
import { stormFaults } from "../../fixtures/s3_server.ts";
import { playStorm, stormFiles } from "./weather.ts";

const OBJECTS = 200;

Deno.test("one attempt in five fails: every bar, nothing wrong recorded, 3 storms of 200 objects", async () => {
  const files = stormFiles(OBJECTS);
  assertEquals(files.dates.length, OBJECTS);
  const met = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const { gets, struck, faults } = await playStorm(files, seed);
    const share = struck / gets;
    assert(share > 0.1 && share < 0.3, `${struck} of ${gets} attempts were struck`);
    for (const fault of faults) met.add(fault);
  }
  assertEquals(met, new Set(stormFaults.map(({ name }) => name)));
});
