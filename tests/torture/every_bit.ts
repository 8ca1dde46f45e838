/**
 * The tests that usually play a sample, of flipped bits above all, with everything.
 *
 * @module
 */

import { assert } from "@std/assert";

const TESTS = [
  "cache/entry_test.ts",
  "cache/journal_damage_test.ts",
  "cache/members_test.ts",
  "cli/chart/render_chart_test.ts",
  "lake/lake_rows_test.ts",
  "market/bar_defects_test.ts",
];

/** Plays them; it throws when one fails. */
export async function flipEveryBit(): Promise<unknown> {
  const files = TESTS.map((name) => new URL(`../${name}`, import.meta.url));
  return { passed: await playTests(files, "FLATFETCH_TEST_EVERYTHING") };
}

/** Plays what the files test, told so by a variable, and counts it; throws when something fails. */
export async function playTests(files: readonly URL[], variable: string): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "-A", "--no-check", ...files.map(({ href }) => href)],
    env: { [variable]: "1", NO_COLOR: "1" },
  });
  const { success, stdout } = await command.output();
  const text = new TextDecoder().decode(stdout);
  assert(success, text);
  return Number(/(\d+) passed/.exec(text)?.[1]);
}
