import { assertEquals } from "@std/assert";
import { sideBySide } from "./side_by_side.ts";

Deno.test("four processes at once: on one symbol one works and the others exit 75, on four symbols all work", async () => {
  const { worked, locked, cached } = await sideBySide(1);
  assertEquals([worked, worked + locked + cached], [1, 4]);
});
