/**
 * Reads counts, sizes and durations from the command line.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};

const DURATION_UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A whole number of at least 1. */
export function parseCount(
  option: string,
  text: string | undefined,
  most: number,
  orElse = "",
): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw wrongValue(option, text, `a whole number from 1 to ${most}${orElse}`);
}

/** A whole number of at least 1, or `auto`. */
export function parseCountOrAuto(
  option: string,
  text: string | undefined,
  most: number,
): number | "auto" | undefined {
  return text === "auto" ? text : parseCount(option, text, most, ", or auto");
}

/** Bytes: `500MB` (powers of 1000), `1GiB` or `1G` (powers of 1024), `0`. */
export function parseSize(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return parseQuantity(option, text, SIZE_UNITS, "a size such as 500MB, 1GiB or 0");
}

/** Bytes as {@linkcode parseSize} reads them, between two sizes that are written so too. */
export function parseSizeBetween(
  option: string,
  text: string | undefined,
  [least, most]: readonly [least: string, most: string],
): number | undefined {
  if (text === undefined) return undefined;
  const wanted = `a size from ${least} to ${most}`;
  const [size, from, to] = [text, least, most].map((one) => {
    return parseQuantity(option, one, SIZE_UNITS, wanted);
  });
  if (size! >= from! && size! <= to!) return size;
  throw wrongValue(option, text, wanted);
}

/** Milliseconds: `90s`, `30m`, `1h`, `1d`, `0`. */
export function parseDuration(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "0") return 0;
  return parseQuantity(option, text, DURATION_UNITS, "a duration such as 90s, 30m, 1h or 0");
}

function parseQuantity(
  option: string,
  text: string,
  units: Readonly<Record<string, number>>,
  wanted: string,
): number {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,9})?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = units[unit?.toLowerCase() ?? "?"];
  const value = Math.round(Number(number) * (factor ?? NaN));
  if (Number.isSafeInteger(value)) return value;
  throw wrongValue(option, text, wanted);
}

function wrongValue(option: string, found: string, wanted: string): UsageError {
  return new UsageError(`Cannot use ${quote(found)} for --${option}: want ${wanted}`);
}
