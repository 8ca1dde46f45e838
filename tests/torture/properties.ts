/**
 * Every test of a property, over and over, with examples that are drawn anew each time.
 *
 * @module
 */

import { playTests } from "./every_bit.ts";

const TESTS = new URL("../", import.meta.url);

/** Plays them so many times; it throws when one fails, with the seed that shows it again. */
export async function drawExamples(rounds: number): Promise<unknown> {
  const files = Array.from(testsIn(TESTS)).filter(hasProperties);
  let passed = 0;
  for (let round = 0; round < rounds; round++) {
    passed += await playTests(files, "FLATFETCH_TEST_ANEW");
  }
  return { rounds, files: files.length, passed };
}

function* testsIn(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* testsIn(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}

function hasProperties(file: URL): boolean {
  return Deno.readTextFileSync(file).includes('from "fast-check"');
}
