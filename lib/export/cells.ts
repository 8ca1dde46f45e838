/**
 * Numbers out of the bytes of cells, exact, without a string where it can be helped.
 *
 * @module
 */

const [ZERO, NINE, MINUS, POINT] = [0x30, 0x39, 0x2d, 0x2e];

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, n) => 10 ** n);

const TWO_32 = 2 ** 32;
const BILLION = 1e9;

/**
 * Puts the whole number of a cell into a place of an array of 64-bit integers, given as halves of 32
 * bits, the lower one first.
 *
 * @returns false when the cell is no whole number of at most 18 digits, or 19 from a positive one
 * that fits.
 */
export function putInteger(
  bytes: Uint8Array,
  start: number,
  end: number,
  halves: Uint32Array,
  place: number,
): boolean {
  const isNegative = bytes[start] === MINUS;
  let i = isNegative ? start + 1 : start;
  const digits = end - i;
  if (digits === 0 || digits > 19) return false;
  // The last nine digits and those before them, of which 64 bits are made.
  const split = Math.max(i, end - 9);
  let [upper, lower] = [0, 0];
  for (; i < split; i++) {
    const byte = bytes[i]!;
    if (byte < ZERO || byte > NINE) return false;
    upper = upper * 10 + byte - ZERO;
  }
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < ZERO || byte > NINE) return false;
    lower = lower * 10 + byte - ZERO;
  }
  // 9,223,372,036 × 10⁹ + 854,775,807 is the largest that fits.
  if (upper > 9_223_372_036 || upper === 9_223_372_036 && lower > 854_775_807) return false;
  const upperLow = upper % 131_072;
  const upperHigh = (upper - upperLow) / 131_072;
  // upper × 10⁹ + lower = upperHigh × 10⁹ × 2¹⁷ + sum, where each product is exact.
  const sum = upperLow * BILLION + lower;
  const shifted = upperHigh * BILLION;
  const sumLow = sum % TWO_32;
  const shiftedLow = shifted % 32_768;
  let low = sumLow + shiftedLow * 131_072;
  let high = (sum - sumLow) / TWO_32 + (shifted - shiftedLow) / 32_768;
  if (low >= TWO_32) {
    high += Math.floor(low / TWO_32);
    low %= TWO_32;
  }
  if (isNegative) {
    low = low === 0 ? 0 : TWO_32 - low;
    high = low === 0 ? TWO_32 - high : TWO_32 - 1 - high;
  }
  halves[2 * place] = low;
  halves[2 * place + 1] = high;
  return true;
}

/**
 * The double of a cell, the nearest to its decimal; `undefined` when the cell is no finite number.
 */
export function readDouble(bytes: Uint8Array, start: number, end: number): number | undefined {
  let i = start;
  const isNegative = bytes[i] === MINUS;
  if (isNegative) i++;
  let [mantissa, digits, decimals] = [0, 0, -1];
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === POINT && decimals === -1) {
      decimals = 0;
      continue;
    }
    if (byte < ZERO || byte > NINE) return readSlowly(bytes, start, end);
    mantissa = mantissa * 10 + byte - ZERO;
    if (decimals !== -1) decimals++;
    if (digits > 0 || byte !== ZERO) digits++;
  }
  // A whole number of 15 digits and a power of ten to 22 are exact, so their quotient is the nearest.
  if (digits > 15 || decimals > 22 || end - start < 1 || mantissa === 0) {
    return readSlowly(bytes, start, end);
  }
  const value = decimals > 0 ? mantissa / POWERS[decimals]! : mantissa;
  return isNegative ? -value : value;
}

const decoder = new TextDecoder("latin1");

function readSlowly(bytes: Uint8Array, start: number, end: number): number | undefined {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
