/**
 * `kill -9` at random moments of a run of a family, and what the next run makes of what is left.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { hashText, unit } from "../../fixtures/random.ts";
import { readFamily } from "../../lib/cache/family_store.ts";
import { IN_SPAN, Place } from "./place.ts";

/** Plays so many rounds; throws when one ends otherwise than it must. */
export async function killFamilies(rounds: number): Promise<{ inTheMidst: number }> {
  await using place = await Place.open({ latencyMs: 1 });
  const argsOf = (name: string) => {
    const { directory, output } = place.cache(name);
    const places = ["--cache-dir", directory.path, "-o", output, "--keep-limit", "0"];
    return ["*", ...IN_SPAN, ...places, "--progress-every", "1"];
  };
  const outputOf = async (name: string) => {
    const { code, stderr } = await place.runHere(argsOf(name));
    assertEquals(code, 0, stderr);
    return await Deno.readTextFile(place.cache(name).output);
  };
  const undisturbed = await outputOf("undisturbed");
  const of = { dataset: place.files.dataset, family: "*" };
  let inTheMidst = 0;
  for (let round = 0; round < rounds; round++) {
    const name = `round_${round}`;
    const hash = hashText(name);
    const { directory } = place.cache(name);
    place.s3.clearRequests();
    await using run = place.start(argsOf(name));
    const requests = 1 + Math.floor(unit(hash, 0) * place.keys.length);
    await Promise.race([run.ended, place.s3.until(({ length }) => length >= requests)]);
    await new Promise((resolve) => setTimeout(resolve, unit(hash, 1) * 8));
    run.kill("SIGKILL");
    const { stderr } = await run.ended;
    await place.quiet();
    const reported = Number(Array.from(stderr.matchAll(/Progress: (\d+)\//g)).at(-1)?.[1] ?? 0);
    const { files, damaged } = await readFamily(directory, of, place.keys);
    assertEquals(damaged, 0, "a file is there whole or not at all");
    assert(files.size >= reported, `${name}: ${reported} done, ${files.size} kept`);
    if (files.size > 0 && files.size < place.keys.length) inTheMidst++;
    place.s3.clearRequests();
    assert(await outputOf(name) === undisturbed, `${name}: other bytes`);
    assertEquals(place.s3.takeGets(), place.keys.filter((key) => !files.has(key)), name);
    const left = Array.from(Deno.readDirSync(directory.familyPath(of)), ({ name }) => name);
    assertEquals(left.length, place.keys.length, `${name}: ${left}`);
  }
  return { inTheMidst };
}
