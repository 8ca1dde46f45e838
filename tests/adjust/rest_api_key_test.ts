import { assertEquals, assertNotMatch, assertThrows } from "@std/assert";
import { ConfigurationError } from "../../lib/errors.ts";
import { API_KEY_NAMES, findApiKey } from "../../lib/adjust/rest_api_key.ts";

Deno.test("findApiKey() prefers MASSIVE_API_KEY and knows the older name", () => {
  const both = { MASSIVE_API_KEY: " new ", POLYGON_API_KEY: "old" };
  assertEquals(findApiKey(both), { value: "new", source: "MASSIVE_API_KEY" });
  const older = { value: "old", source: "POLYGON_API_KEY" };
  assertEquals(findApiKey({ POLYGON_API_KEY: "old" }), older);
  assertEquals(findApiKey({ ...both, MASSIVE_API_KEY: " " }), older);
});

Deno.test("findApiKey() names the variables when none is set", () => {
  const error = assertThrows(() => findApiKey({ OTHER: "x" }), ConfigurationError);
  for (const name of API_KEY_NAMES) assertEquals(error.message.includes(name), true, name);
});

Deno.test("findApiKey() refuses what cannot be a key, without repeating it", () => {
  for (const value of ["canary\nkey", "canary key", "canary\u00e9", "canary".repeat(100)]) {
    const env = { MASSIVE_API_KEY: value };
    const error = assertThrows(() => findApiKey(env), ConfigurationError, '"MASSIVE_API_KEY"');
    assertNotMatch(error.message, /canary/);
  }
});
