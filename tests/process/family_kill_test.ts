import { assert } from "@std/assert";
import { killFamilies } from "./family_kills.ts";

Deno.test("after kill -9 at 5 random moments of '*' the next run ends as if nothing had been", async () => {
  const { inTheMidst } = await killFamilies(5);
  assert(inTheMidst >= 1, `only ${inTheMidst} rounds were killed while files were kept`);
});
