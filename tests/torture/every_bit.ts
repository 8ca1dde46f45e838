/**
 * The tests of damaged journals with every bit of them flipped, of which the usual ones take a
 * sample.
 *
 * @module
 */

import { assert } from "@std/assert";

const TESTS = ["journal_damage_test.ts", "members_test.ts"];

/** Plays them; it throws when one fails. */
export async function flipEveryBit(): Promise<unknown> {
  const files = TESTS.map((name) => new URL(`../cache/${name}`, import.meta.url).href);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "-A", "--no-check", "--filter", "flipped bit", ...files],
    env: { FLATFETCH_TEST_EVERY_BIT: "1", NO_COLOR: "1" },
  });
  const { success, stdout } = await command.output();
  const text = new TextDecoder().decode(stdout);
  assert(success, text);
  return { passed: Number(/(\d+) passed/.exec(text)?.[1]) };
}
