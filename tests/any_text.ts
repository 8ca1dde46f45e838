/**
 * Texts of any characters, for properties.
 *
 * @module
 */

import fc from "fast-check";

/** How many code points come before those of surrogates, which are in no text. */
const BELOW_SURROGATES = 0xd800;
const SURROGATES = 0x800;

const character = fc.nat({ max: 0x10ffff - SURROGATES }).map((n) =>
  String.fromCodePoint(n < BELOW_SURROGATES ? n : n + SURROGATES)
);

/** As `fc.string({ unit: "binary" })`, which takes a second to make its table of characters. */
export function anyText(options: { minLength?: number; maxLength?: number } = {}) {
  const { minLength = 0, maxLength = Infinity } = options;
  const names = ["__proto__", "constructor", "toString", "valueOf", "length"];
  const fitting = names.filter(({ length }) => minLength <= length && length <= maxLength);
  return fc.oneof(
    { weight: 20, arbitrary: fc.string({ unit: character, ...options }) },
    { weight: 1, arbitrary: fc.constantFrom(...fitting) },
  );
}
