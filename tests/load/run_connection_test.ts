import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError } from "../../lib/errors.ts";
import { Connection, LazyConnection } from "../../lib/load/run_connection.ts";
import type { ProgressEvent } from "../../lib/progress.ts";
import { KEYS, World } from "../program/harness.ts";
import { FILES, settingsOn } from "./open_run.ts";

const [KEY] = FILES.dates.map(FILES.keyOf);

Deno.test("Connection.open() looks for keys, offline for none, and refuses to be without", async () => {
  await using world = await World.open([]);
  let looks = 0;
  const credentials = () => Promise.resolve((looks++, KEYS));
  using offline = await Connection.open(settingsOn(world, { credentials, offline: true }));
  assertEquals([offline.client, looks], [undefined, 0]);
  using online = await Connection.open(settingsOn(world, { credentials }));
  assertEquals([online.client !== undefined, looks], [true, 1]);
  const without = settingsOn(world, { credentials: undefined });
  await assertRejects(() => Connection.open(without), ConfigurationError);
  assertEquals(world.s3.requests, []);
});

Deno.test("LazyConnection is opened once, and by nobody who does not need it", async () => {
  await using world = await World.open([]);
  let looks = 0;
  const credentials = () => Promise.resolve((looks++, KEYS));
  {
    await using unused = new LazyConnection(settingsOn(world, { credentials }));
    assertEquals(await unused.whileWorking(() => Promise.resolve("done")), "done");
  }
  assertEquals(looks, 0);
  await using connection = new LazyConnection(settingsOn(world, { credentials }));
  const [one, other] = await Promise.all([connection.get(), connection.get()]);
  assert(one === other);
  assertEquals(looks, 1);
});

Deno.test("LazyConnection that could not be opened rejects whoever asks, and can be disposed of", async () => {
  await using world = await World.open([]);
  const credentials = () => Promise.reject(new ConfigurationError("no keys"));
  await using connection = new LazyConnection(settingsOn(world, { credentials }));
  await assertRejects(() => connection.get(), ConfigurationError, "no keys");
  await assertRejects(() => connection.get(), ConfigurationError, "no keys");
});

Deno.test("Connection reports bytes and retries of its client, and how long the fastest request took", async () => {
  await using world = await World.open([FILES]);
  const events: ProgressEvent[] = [];
  const settings = settingsOn(world, { reporter: (event) => void events.push(event) });
  using connection = await Connection.open({ ...settings, random: () => 0 });
  assertEquals(connection.latencyMs, undefined);
  world.s3.faults.add("internal-error", { key: KEY!, times: 1 });
  const { bytes } = await connection.client!.get(KEY!);
  // What had to be tried again says nothing of the way there.
  assertEquals(connection.latencyMs, undefined);
  const counts = events.flatMap((event) => event.type === "bytes" ? event.count : []);
  assertEquals(counts.reduce((sum, count) => sum + count, 0), bytes.length);
  await connection.client!.get(KEY!);
  assertEquals(typeof connection.latencyMs, "number");
  const retries = events.filter(({ type }) => type === "retry");
  assertEquals(retries.map((event) => "key" in event && event.key), [KEY!]);
});

Deno.test("Connection.whileWaiting() ends with the caller's signal, before and during the work", async () => {
  await using world = await World.open([]);
  const stop = new AbortController();
  using connection = await Connection.open(settingsOn(world, { signal: stop.signal }));
  assertEquals(await connection.whileWaiting(() => Promise.resolve(1)), 1);
  const waiting = connection.whileWaiting(() => new Promise(() => {}));
  stop.abort(new Error("stopped"));
  await assertRejects(() => waiting, Error, "stopped");
  let isBegun = false;
  const later = () => connection.whileWaiting(() => Promise.resolve(isBegun = true));
  await assertRejects(later, Error, "stopped");
  assertEquals(isBegun, false);
});
