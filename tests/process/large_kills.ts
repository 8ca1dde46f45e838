/**
 * `kill -9` while a large file comes in parts.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { hashText, unit } from "../../fixtures/random.ts";
import { PartFile } from "../../lib/cache/part_file.ts";
import { largeFile, PART_SIZE } from "../fixtures/large_file.ts";
import { Place } from "./place.ts";

/** Plays so many rounds; throws when the next run fetches a part that is on the disk. */
export async function killLarge(rounds: number): Promise<{ inTheMidst: number }> {
  await using place = await Place.open({ latencyMs: 20 });
  const date = place.files.dates.at(-1)!;
  const key = place.files.keyOf(date);
  const { etag, bytes: { length: size } } = place.s3.objects.put(key, largeFile(place.files, date));
  const parts = Math.ceil(size / PART_SIZE);
  const argsOf = (name: string) => {
    const { directory, output } = place.cache(name);
    const places = ["--cache-dir", directory.path, "-o", output];
    return ["TSLA", "--from", date, "--to", date, ...places];
  };
  let inTheMidst = 0;
  for (let round = 0; round < rounds; round++) {
    const name = `round_${round}`;
    const hash = hashText(name);
    place.s3.clearRequests();
    await using run = place.start(argsOf(name));
    await Promise.race([run.ended, place.s3.untilGets(1 + Math.floor(unit(hash, 0) * parts))]);
    await new Promise((resolve) => setTimeout(resolve, unit(hash, 1) * 60));
    run.kill("SIGKILL");
    await run.ended;
    await place.quiet();
    const there = await partsThere(place.cache(name).directory, { key, size, etag });
    if (there > 0 && there < parts) inTheMidst++;
    place.s3.clearRequests();
    const { code, stderr } = await place.runHere(argsOf(name));
    assertEquals(code, 0, stderr);
    const gets = place.s3.takeGets().length;
    assert(gets === parts - there || there === 0 && gets === 0, `${name}: ${gets}, ${there} there`);
    const csv = await Deno.readTextFile(place.cache(name).output);
    assertEquals(csv.trimEnd().split("\n").length, 2);
  }
  return { inTheMidst };
}

async function partsThere(
  directory: Parameters<typeof PartFile.open>[0],
  object: Parameters<typeof PartFile.open>[1],
): Promise<number> {
  using file = await PartFile.open(directory, object, PART_SIZE);
  return Array.from({ length: file.count }, (_, part) => file.has(part)).filter(Boolean).length;
}
