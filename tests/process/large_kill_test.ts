import { assert } from "@std/assert";
import { killLarge } from "./large_kills.ts";

Deno.test("after kill -9 at 3 random moments of a large file the next run fetches only parts that are not on the disk", async () => {
  const { inTheMidst } = await killLarge(3);
  assert(inTheMidst >= 1, `only ${inTheMidst} rounds were killed while parts were there`);
});
