/**
 * A run in which some files are damaged in the bucket itself.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { assertEquals } from "@std/assert";
import { QUARTER, stockFiles, World } from "../program/harness.ts";

/** Bytes of a file. */
export type Bytes = Uint8Array<ArrayBuffer>;

const noise = new Uint8Array(60_000);

const join = (...parts: Uint8Array[]): Bytes => new Uint8Array(parts.flatMap((part) => [...part]));

/** What a gzip can have become, each from a whole one. */
export const DAMAGES: Readonly<Record<string, (whole: Bytes) => Bytes>> = {
  "bytes behind its end": (whole) => join(whole, new TextEncoder().encode("garbage")),
  "zeros behind its end": (whole) => join(whole, new Uint8Array(512)),
  "its end missing": (whole) => whole.slice(0, -20),
  "half of it missing": (whole) => whole.slice(0, whole.length / 2),
  "a wrong CRC": (whole) => whole.map((byte, i) => i === whole.length - 8 ? byte ^ 1 : byte),
  "a wrong length": (whole) => whole.map((byte, i) => i === whole.length - 1 ? byte ^ 1 : byte),
  "a broken second member": (whole) => join(whole, whole.slice(0, -9)),
  "no gzip at all": () => new TextEncoder().encode("<html>Sign in</html>"),
  "plain text": () => new TextEncoder().encode("ticker,open,close\nTSLA,1,2\n"),
  "no byte": () => new Uint8Array(),
  "a bomb in it": () => new Uint8Array(gzipSync(new Uint8Array(20 << 20))),
  "a large broken text": () => new Uint8Array(gzipSync(crypto.getRandomValues(noise))).slice(0, -9),
};

/** What each file is asked for, by its date; only those that are asked for more than once. */
export function askedAgain(world: World): Record<string, number> {
  const counts = Map.groupBy(world.takeGets(), (key) => key.slice(-17, -7));
  return Object.fromEntries(
    [...counts].flatMap(([date, { length }]) => length > 1 ? [[date, length]] : []),
  );
}

/**
 * Runs twice with a file for each damage, the last one the newest, which is looked into ahead of
 * its task: each run asks twice for each of them and names it, and has all others.
 *
 * @param isMd5 Whether the damaged bytes are proved by an MD5, or by their length alone.
 */
export async function playLastingDamage(
  damages: readonly ((whole: Bytes) => Bytes)[],
  isMd5: boolean,
): Promise<void> {
  const files = stockFiles();
  await using world = await World.open([files]);
  const dates = files.dates.slice(-damages.length);
  damages.forEach((damage, i) => {
    const facts = isMd5 ? {} : { etag: `opaque-${i}` };
    world.s3.objects.put(files.keyOf(dates[i]!), damage(files.file(dates[i]!).bytes), facts);
  });
  for (let run = 1; run <= 2; run++) {
    const { bars, summary } = await world.load(["TSLA"], QUARTER);
    const failures = summary.failures.map(({ date, cause }) => [date, cause]);
    assertEquals(failures, dates.map((date) => [date, "its gzip is damaged"]));
    assertEquals(bars.TSLA, files.truth("TSLA").slice(0, -damages.length));
    assertEquals(askedAgain(world), Object.fromEntries(dates.map((date) => [date, 2])));
  }
}
