import { assertEquals } from "@std/assert";
import { findRefused } from "../../lib/check/check.ts";
import type { DatedObject } from "../../lib/dated_object.ts";
import { LazyConnection } from "../../lib/load/run_connection.ts";
import { World } from "../program/harness.ts";
import { FILES, settingsOn } from "../load/open_run.ts";

const ALL: readonly DatedObject[] = FILES.dates.map((date) => ({
  key: FILES.keyOf(date),
  date,
  size: -1,
  etag: "",
}));
const [OLD, NEW] = [ALL.slice(0, 20), ALL.slice(20)];

async function find(lists: readonly (readonly DatedObject[])[], { offline = false } = {}) {
  await using world = await World.open([FILES]);
  for (const { key } of OLD) world.s3.faults.add("access-denied", { key });
  await using connection = new LazyConnection(settingsOn(world));
  const { refused, asked } = await findRefused(lists, { offline, connection });
  const keys = world.takeGets();
  return { refused: [...refused].sort(), asked, requests: keys.length, keys: new Set(keys).size };
}

Deno.test("findRefused() finds every file of a refused span with few requests", async () => {
  const { refused, asked, requests } = await find([ALL]);
  assertEquals(refused, OLD.map(({ key }) => key));
  assertEquals([requests, asked < 20], [asked, true]);
});

Deno.test("findRefused() asks once for a file that is in several lists", async () => {
  const { asked } = await find([ALL]);
  assertEquals(await find([ALL, ALL]), {
    refused: OLD.map(({ key }) => key),
    asked,
    requests: asked,
    keys: asked,
  });
});

Deno.test("findRefused() takes no file to be refused that the plan includes", async () => {
  assertEquals((await find([NEW])).refused, []);
});

Deno.test("findRefused() asks for nothing offline, and where no file is missing", async () => {
  const nothing = { refused: [], asked: 0, requests: 0, keys: 0 };
  assertEquals(await find([ALL], { offline: true }), nothing);
  assertEquals(await find([[], []]), nothing);
});
