import { assertEquals } from "@std/assert";
import { putInteger, readDouble } from "../../lib/export/number_column.ts";

const encoder = new TextEncoder();

/** The same numbers in each run. */
function* randoms(): Generator<number, never> {
  for (let state = 1;;) {
    state = Math.imul(state ^ state >>> 15, 0x2c1b_3c6d) + 0x9e37_79b9 | 0;
    yield (state >>> 0) / 2 ** 32;
  }
}

Deno.test("putInteger() reads whole numbers of 64 bits to the last digit", () => {
  const random = randoms();
  const next = () => random.next().value;
  const edges = [
    0n,
    1n,
    65_535n,
    65_536n,
    2n ** 31n,
    2n ** 32n,
    2n ** 48n,
    2n ** 53n,
    2n ** 63n - 1n,
  ]
    .flatMap((edge) => [edge - 1n, edge, edge + 1n]);
  const others = Array.from({ length: 20_000 }, () =>
    (
      BigInt(Math.floor(next() * 2 ** 32)) << 31n | BigInt(Math.floor(next() * 2 ** 31))
    ) >> BigInt(Math.floor(next() * 63)));
  const halves = new Int32Array(2);
  for (const number of [...edges, ...others].flatMap((one) => [one, -one])) {
    const bytes = encoder.encode(String(number));
    const fits = putInteger(bytes, 0, bytes.length, halves, 0);
    const found = fits ? new BigInt64Array(halves.buffer)[0] : undefined;
    assertEquals(found, number <= 2n ** 63n - 1n && number > -(2n ** 63n) ? number : undefined);
  }
});

Deno.test("readDouble() reads the nearest double of any decimal, and nothing else", () => {
  const random = randoms();
  const next = () => random.next().value;
  const digits = (most: number) =>
    Array.from({ length: Math.floor(next() * most) }, () => Math.floor(next() * 10)).join("");
  const decimals = Array.from({ length: 20_000 }, () => (
    `${next() < .2 ? "-" : ""}${digits(20)}${next() < .8 ? "." : ""}${digits(28)}`
  ));
  const cells = [
    ...["0", "-0", "0.0", ".5", "5.", "9007199254740991", "9007199254740993", "1e400", "5.2e-7"],
    ...["0e-5", "1e-400", "-0.01e-330", "5e-324"],
    ...["+1", ".", "-", "-.", "1.2.3", "0x10", " 1", "1_000", "NaN", "Infinity", "1e", "--1"],
    ...decimals,
  ];
  for (const cell of cells) {
    const bytes = encoder.encode(cell);
    const isDecimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(cell);
    const isHeld = Number.isFinite(Number(cell)) &&
      (Number(cell) !== 0 || !/^[^e]*[1-9]/.test(cell));
    const wanted = isDecimal && isHeld ? Number(cell) : NaN;
    assertEquals([cell, readDouble(bytes, 0, bytes.length)], [cell, wanted]);
  }
});
