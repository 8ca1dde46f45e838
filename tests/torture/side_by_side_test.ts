import { assertEquals } from "@std/assert";
import { sideBySide } from "./side_by_side.ts";

const ROUNDS = 3;

Deno.test(`four processes at once, ${ROUNDS} times: on one symbol one works and the others exit 75, on four symbols all work`, async () => {
  const { worked, locked, cached } = await sideBySide(ROUNDS);
  assertEquals([worked, worked + locked + cached], [ROUNDS, 4 * ROUNDS]);
});
