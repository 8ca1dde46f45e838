/**
 * An interrupted run.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { openCache } from "../../mod.ts";
import { QUARTER } from "./harness.ts";
import type { Home, LoadOptions } from "./home.ts";

/** What is loaded, and when that ends. */
export interface InterruptedOptions extends LoadOptions {
  /** After how many files it is interrupted. */
  readonly after: number;
  /** @default {"TSLA"} */
  readonly symbol?: string;
}

/**
 * Loads a symbol, over the quarter unless told otherwise, until some files are done and
 * returns the keys of its progress marker, ascending: at least those that were reported.
 */
export async function interrupted(
  world: Home,
  { after, symbol = "TSLA", ...options }: InterruptedOptions,
): Promise<string[]> {
  const controller = new AbortController();
  const reported: string[] = [];
  const load = world.load([symbol], {
    ...(options.period === undefined && QUARTER),
    concurrency: 4,
    keepLimitBytes: 0,
    ...options,
    signal: controller.signal,
    reporter: (event) => {
      if (event.type === "file") reported.push(event.key);
      if (reported.length === after) controller.abort(new Error("Enough"));
    },
  });
  await assertRejects(() => load, Error, "Enough");
  const [marker] = await (await openCache(world.cache)).listProgress();
  const keys = [...marker!.records.keys()].sort();
  assertEquals(reported.filter((key) => !keys.includes(key)), []);
  return keys;
}
