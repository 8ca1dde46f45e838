/** An export that is killed at any moment; the same 2,000 times are torture's parts `export`, `calls`. */

import { assert } from "@std/assert";
import { killExports } from "./export_kills.ts";

for (const into of ["folder", "bucket"] as const) {
  Deno.test(`flatfetch export into a ${into} that dies at 10 random calls is whole in the end`, async () => {
    const report = await killExports({ into, kills: 10, seed: 13, by: "call" });
    assert(report.places > 0 && report.lost > 0, JSON.stringify(report));
  });

  Deno.test(`flatfetch export into a ${into} after kill -9 at random moments is whole in the end`, async () => {
    await killExports({ into, kills: 2, seed: 14, by: "process" });
  });
}
