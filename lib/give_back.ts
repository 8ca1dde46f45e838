/**
 * Gives memory back at once that is not used any more.
 *
 * @module
 */

/**
 * Frees an array's memory, which the collector may not come to for a long time: it looks at the
 * objects, not at the megabytes behind them. The array is empty afterwards. One that shares its
 * memory with others is left alone.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
