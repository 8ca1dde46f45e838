/**
 * Numbers out of the bytes of cells, exact, without a string where it can be helped.
 *
 * @module
 */

const [ZERO, MINUS, POINT] = [0x30, 0x2d, 0x2e];

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, n) => 10 ** n);

const TWO_32 = 2 ** 32;

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
  halves: Int32Array,
  place: number,
): boolean {
  const isNegative = bytes[start] === MINUS;
  let i = isNegative ? start + 1 : start;
  const digits = end - i;
  if (digits === 0 || digits > 19) return false;
  // The last nine digits and those before them, of which 64 bits are made.
  const split = end - 9;
  let [upper, lower] = [0, 0];
  for (; i < split; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 > 9) return false;
    upper = upper * 10 + digit;
  }
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 > 9) return false;
    lower = lower * 10 + digit;
  }
  if (digits < 10) {
    halves[2 * place] = isNegative ? -lower : lower;
    halves[2 * place + 1] = isNegative && lower > 0 ? -1 : 0;
    return true;
  }
  // 9,223,372,036 × 10⁹ + 854,775,807 is the largest that fits.
  if (upper > 9_223_372_036 || upper === 9_223_372_036 && lower > 854_775_807) return false;
  // upper × 10⁹ + lower = shifted × 2¹⁶ + sum, where each is exact.
  const upperHigh = Math.floor(upper / 65_536);
  const shifted = upperHigh * 1e9;
  const sum = (upper - upperHigh * 65_536) * 1e9 + lower;
  const low = (sum >>> 0) + (shifted & 65_535) * 65_536;
  const high = Math.floor(sum / TWO_32) + Math.floor(shifted / 65_536) + Math.floor(low / TWO_32);
  halves[2 * place] = isNegative ? -low : low;
  halves[2 * place + 1] = isNegative ? ~high + ((low | 0) === 0 ? 1 : 0) : high;
  return true;
}

/** The double of a cell, the nearest to its decimal; NaN when the cell is no number, or has none near. */
export function readDouble(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let [mantissa, point] = [0, -1];
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 <= 9) mantissa = mantissa * 10 + digit;
    else if (bytes[i] === POINT && point === -1) point = i;
    else return readSlowly(bytes, start, end);
  }
  const decimals = point === -1 ? 0 : end - point - 1;
  const digits = point === -1 ? end - first : end - first - 1;
  // A whole number below 2⁵³ and a power of ten to 22 are exact, so their quotient is the nearest.
  if (digits === 0 || mantissa >= 2 ** 53 || decimals > 22) return readSlowly(bytes, start, end);
  const value = mantissa / POWERS[decimals]!;
  return isNegative ? -value : value;
}

const decoder = new TextDecoder("latin1");

function readSlowly(bytes: Uint8Array, start: number, end: number): number {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return NaN;
  const value = Number(text);
  const isLost = value === 0 && /^[^e]*[1-9]/i.test(text);
  return Number.isFinite(value) && !isLost ? value : NaN;
}
