/**
 * Four processes at once on one cache.
 *
 * On one symbol the lock lets one work. The others end with 75, or find everything cached
 * where they come after its end. Only the newest file, by which each finds the ticker before
 * it takes the lock, may be asked for more than once.
 *
 * On four symbols all work. What one has downloaded the others take from the kept objects
 * where it is there in time, so that the server sees each object at least once and at most
 * four times.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { IN_SPAN, Place } from "../process/place.ts";

/** How the processes of all rounds ended. */
export interface SideBySideReport {
  /** On one symbol: those that worked, that found it locked, and that found it cached. */
  worked: number;
  locked: number;
  cached: number;
  /** On four symbols: requests for objects, of the most and of the least that there can be. */
  gets: number;
  fewest: number;
  most: number;
}

const SYMBOLS = ["TSLA", "AAPL", "MSFT", "NVDA"];

/** Plays the rounds; throws when one ends otherwise than it must. */
export async function sideBySide(rounds: number): Promise<SideBySideReport> {
  const report = { worked: 0, locked: 0, cached: 0, gets: 0, fewest: 0, most: 0 };
  await using place = await Place.open({ latencyMs: 15 });
  for (let round = 0; round < rounds; round++) {
    await onOneSymbol(place, `one_${round}`, report);
    await onFourSymbols(place, `four_${round}`, report);
  }
  assert(report.locked >= rounds, `${report.locked} found the symbol locked`);
  return report;
}

async function onOneSymbol(place: Place, name: string, report: SideBySideReport): Promise<void> {
  place.s3.clearRequests();
  const ended = await Promise.all(SYMBOLS.map((_, i) => run(place, name, "TSLA", `${name}_${i}`)));
  for (const { code, stderr } of ended) {
    if (code === 75) {
      assertMatch(stderr, /❌ Cannot lock ".*TSLA\.lock": process \d+ holds it\n/);
      report.locked++;
    } else {
      assertEquals(code, 0, stderr);
      report[/Cache hit - TSLA/.test(stderr) ? "cached" : "worked"]++;
    }
  }
  const newest = place.keys.at(-1)!;
  const gets = place.s3.takeGets();
  assertEquals(gets.filter((key) => key !== newest), place.keys.slice(0, -1), name);
  assertLessOrEqual(gets.length, place.keys.length + 3);
  await assertAllRight(place, name, ["TSLA"]);
}

async function onFourSymbols(place: Place, name: string, report: SideBySideReport): Promise<void> {
  place.s3.clearRequests();
  const ended = await Promise.all(
    SYMBOLS.map((symbol) => run(place, name, symbol, `${name}_${symbol}`)),
  );
  for (const { code, stderr } of ended) assertEquals(code, 0, stderr);
  const gets = Map.groupBy(place.s3.takeGets(), (key) => key);
  assertEquals([...gets.keys()].sort(), place.keys, name);
  for (const [key, { length }] of gets) assertLessOrEqual(length, 4, key);
  report.gets += [...gets.values()].flat().length;
  report.fewest += place.keys.length;
  report.most += 4 * place.keys.length;
  await assertAllRight(place, name, SYMBOLS);
}

/** The caches have every bar; a fifth symbol needs no network. */
async function assertAllRight(
  place: Place,
  name: string,
  symbols: readonly string[],
): Promise<void> {
  const { directory } = place.cache(name);
  const args = [...IN_SPAN, "--cache-dir", directory.path, "-f", "json", "-o", "-"];
  const ended = await place.start([...symbols, "AMZN", ...args]).ended;
  assertEquals(ended.code, 0, ended.stderr);
  const bars: { symbol: string; date: string; close: number }[] = JSON.parse(ended.stdout);
  for (const symbol of [...symbols, "AMZN"]) {
    const found = bars.filter((bar) => bar.symbol === symbol);
    const want = place.files.truth(symbol);
    assertEquals(found.map(({ date, close }) => [date, close]), want.map((b) => [b.date, b.close]));
  }
  assertEquals(place.s3.requests.map(({ key }) => key), [], name);
  await Deno.remove(directory.path, { recursive: true });
}

function run(place: Place, name: string, symbol: string, output: string) {
  const { directory } = place.cache(name);
  const places = ["--cache-dir", directory.path, "-o", place.cache(output).output];
  return place.start([symbol, ...IN_SPAN, "-j", "3", ...places]).ended;
}
