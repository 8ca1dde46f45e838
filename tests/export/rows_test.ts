import { assertEquals, assertThrows } from "@std/assert";
import { RowCutter, type Rows } from "../../lib/export/rows.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Each row's cells, and whether they stood in quotes. */
function cellsOf({ bytes, before, count, width, starts, ends, quoted }: Rows) {
  return Array.from({ length: count }, (_, row) => ({
    number: before + row,
    cells: Array.from({ length: width }, (_, i) => {
      const at = row * width + i;
      return [decoder.decode(bytes.subarray(starts[at], ends[at])), quoted[at]];
    }),
  }));
}

function rowsOf(text: string, pieceBytes: number) {
  const cutter = new RowCutter();
  const bytes = encoder.encode(text);
  const rows = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    for (const some of cutter.take(bytes.subarray(at, at + pieceBytes))) {
      rows.push(...cellsOf(some));
    }
  }
  for (const some of cutter.end()) rows.push(...cellsOf(some));
  return rows;
}

Deno.test("RowCutter gives the same rows in whatever pieces the text comes", () => {
  const cells = [
    "",
    "a",
    "é",
    "12.5",
    '""',
    '"x"',
    '"x,y"',
    '"x\ny"',
    '"a""b"',
    '""""',
    'b"c',
    "d\r",
  ];
  const inner = (cell: string) => cell.startsWith('"') ? cell.slice(1, -1) : cell;
  const mark = (cell: string) => cell.startsWith('"') ? inner(cell).includes('"') ? 2 : 1 : 0;
  const lines = cells.flatMap((one) => cells.map((other) => [one, other, "z"]));
  const wanted = lines.map((line, number) => ({
    number,
    cells: line.map((cell) => [inner(cell), mark(cell)]),
  }));
  for (const end of ["\n", "\r\n", "\n\n\r\n"]) {
    for (const start of ["", "\ufeff"]) {
      for (const last of ["", end]) {
        const text = start + lines.map((line) => line.join(",")).join(end) + last;
        for (const piece of [1, 2, 3, 5, 64, text.length * 2]) {
          assertEquals(rowsOf(text, piece), wanted, JSON.stringify({ end, start, last, piece }));
        }
      }
    }
  }
});

Deno.test("RowCutter takes rows of as many cells as there are places, and none of more", () => {
  const widest = ",".repeat((1 << 14) - 1);
  assertEquals(rowsOf(`${widest}\n${widest}\n`, 1 << 13).map(({ cells }) => cells.length), [
    1 << 14,
    1 << 14,
  ]);
  assertThrows(
    () => rowsOf(`${widest},\n`, 1 << 20),
    SyntaxError,
    "row 1 has more than 16384 cells",
  );
});
