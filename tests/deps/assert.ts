/**
 * The assertions of the standard library, with types.
 *
 * @module
 */

// @ts-types="./assert.d.ts"
export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
  fail,
} from "npm:deno-std@1.4.0/assert/mod.js";
