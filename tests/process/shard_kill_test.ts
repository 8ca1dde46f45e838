/** `kill -9` of one shard among four. */

import { assert, assertEquals } from "@std/assert";
import { bytesUnder } from "../program/home.ts";
import { Place } from "./place.ts";

Deno.test("flatfetch export --shard 2/4 after kill -9 does what is left, and the lake is that of one run", async () => {
  await using place = await Place.open({ latencyMs: 5 });
  const argsOf = (
    lake: string,
    ...args: string[]
  ) => ["export", place.files.dataset, "--into", `${place.home}/${lake}`, ...args];
  assertEquals((await place.runHere(argsOf("whole"))).code, 0);
  const partOf = async (lake: string, shard: string) => {
    place.s3.clearRequests();
    const { code, stderr } = await place.runHere(argsOf(lake, "--shard", shard));
    assertEquals(code, 0, stderr);
    return place.s3.takeGets();
  };
  const own = await partOf("undisturbed", "2/4");
  for (const gets of [2, own.length]) {
    const lake = `lake_${gets}`;
    place.s3.clearRequests();
    await using run = place.start(argsOf(lake, "--shard", "2/4", "-j", "1"));
    await run.before(place.s3.untilGets(gets));
    run.kill("SIGKILL");
    await run.ended;
    await place.quiet();
    const first = place.s3.takeGets();
    const second = await partOf(lake, "2/4");
    assertEquals([...new Set([...first, ...second])].sort(), own);
    const twice = first.filter((key) => second.includes(key));
    assert(twice.length <= 3, `${twice} were done already`);
    for (const shard of ["1/4", "3/4", "4/4"]) await partOf(lake, shard);
    assertEquals(
      await bytesUnder(`${place.home}/${lake}`),
      await bytesUnder(`${place.home}/whole`),
    );
  }
});
