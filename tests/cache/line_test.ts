import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { readLines, sealBodies, sealLine, unsealLine } from "../../lib/cache/line.ts";
import { readJournal } from "../../lib/cache/journal.ts";
import { sampleJournal } from "../../fixtures/make_journals.ts";
import { anyText } from "../any_text.ts";
import { withDirectory } from "./samples.ts";

const encoder = new TextEncoder();
const seed = fc.integer({ min: 0, max: 0xffff_ffff });
const value = fc.dictionary(
  anyText({ minLength: 1 }).filter((name) => name !== "crc" && name !== "__proto__"),
  fc.jsonValue(),
  { minKeys: 1, noNullPrototype: true },
);

const lineOf = (object: Record<string, unknown>, seed: number) =>
  encoder.encode(sealLine(object, seed)).subarray(0, -1);

Deno.test("unsealLine() gives back what was sealed, with the same seed alone", () => {
  fc.assert(fc.property(value, seed, seed, (object, own, other) => {
    const line = lineOf(object, own);
    const { crc, ...found } = unsealLine(line, own)!;
    assert(/^[0-9a-f]{8}$/.test(String(crc)));
    assertEquals(found, JSON.parse(JSON.stringify(object)));
    if (own !== other) assertEquals(unsealLine(line, other), undefined);
  }));
});

Deno.test("sealBodies() seals each of several lines as sealLine() does", () => {
  fc.assert(fc.property(fc.array(value), seed, (all, own) => {
    const bodies = all.map((object) => JSON.stringify(object).slice(0, -1));
    const lines = all.map((object) => sealLine(object, own)).join("");
    assertEquals(new TextDecoder().decode(sealBodies(bodies, own)), lines);
  }));
});

Deno.test("unsealLine() refuses a line with any bit flipped, cut or lengthened", () => {
  fc.assert(fc.property(value, seed, fc.nat(), (object, seed, at) => {
    const line = lineOf(object, seed);
    const flipped = line.slice();
    flipped[(at >> 3) % line.length]! ^= 1 << (at & 7);
    assertEquals(unsealLine(flipped, seed), undefined);
    assertEquals(unsealLine(line.subarray(0, at % line.length), seed), undefined);
    assertEquals(unsealLine(new Uint8Array([...line, at & 255]), seed), undefined);
  }));
});

Deno.test("readLines() finds every line and its end, wherever a read stops", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lines`;
    const length = fc.oneof(
      fc.nat(40),
      fc.integer({ min: (1 << 16) - 3, max: (1 << 16) + 3 }),
      fc.nat(900_000),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(length, { maxLength: 8 }), fc.nat(9), async (lengths, tail) => {
        const lines = lengths.map((length, i) => String.fromCharCode(97 + i).repeat(length));
        await Deno.writeTextFile(
          path,
          lines.map((line) => `${line}\n`).join("") + "t".repeat(tail),
        );
        using file = await Deno.open(path);
        let end = 0;
        const found: string[] = [];
        for await (const some of readLines(file)) {
          for (const line of some) {
            found.push(new TextDecoder().decode(line.bytes));
            end += line.bytes.length + 1;
            assertEquals(line.end, end);
          }
        }
        assert(found.length === lines.length && found.every((line, i) => line === lines[i]));
      }),
      { numRuns: 60 },
    );
  });
});

Deno.test("readLines() passes over a line of 256 MiB without holding it", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const journal = sampleJournal(6);
    const lastLine = journal.lastIndexOf(10, journal.length - 2) + 1;
    await Deno.writeFile(path, journal.subarray(0, lastLine));
    using file = await Deno.open(path, { write: true });
    await file.truncate(1 << 28);
    await file.seek(0, Deno.SeekMode.End);
    await file.write(new Uint8Array([10, ...journal.subarray(lastLine)]));
    const before = Deno.memoryUsage().rss;
    const content = await readJournal(path);
    assert(typeof content === "object");
    assertEquals([content.records.size, content.badLines], [6, 1]);
    assertEquals(content.validBytes, (1 << 28) + 1 + journal.length - lastLine);
    assertLess(Deno.memoryUsage().rss - before, 160 << 20);
  });
});
