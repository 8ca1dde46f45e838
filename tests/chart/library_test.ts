import { assertEquals, assertMatch } from "@std/assert";
import { readPackage, VENDOR } from "../../fixtures/chart_library.ts";

Deno.test("the charting library is the npm package's, with its licence", async () => {
  const files = await readPackage();
  for (const [copy, text] of Object.entries(files)) {
    assertEquals(await Deno.readTextFile(new URL(copy, VENDOR)) === text, true, copy);
  }
  assertMatch(files["lightweight_charts.js"]!, /^\/\*!\n \* @license\n.*\n \* Copyright/);
  assertMatch(files["LICENSE"]!, /Apache License\s+Version 2\.0/);
});
