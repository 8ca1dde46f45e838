import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import fc from "fast-check";
import { tradingDays } from "../../fixtures/flat_files.ts";
import { findCoverage } from "../../lib/bucket/coverage.ts";

const FILES = tradingDays("2003-09-10", "2025-10-31").slice(0, 5_571).map((date) => ({ date }));

/** The spans as `from index–to index`, refused ones with a `!`, and what was asked. */
async function cover(count: number, isRefused: (index: number) => boolean) {
  const files = FILES.slice(0, count);
  const asked: number[] = [];
  const coverage = await findCoverage(files, (file) => {
    const index = files.indexOf(file);
    asked.push(index);
    return Promise.resolve(isRefused(index));
  });
  assertEquals(asked.length, new Set(asked).size, "nothing is asked twice");
  assertEquals(coverage.asked, asked.length);
  const spans = coverage.spans.map(({ from, to, files: length, refused }) => {
    const [start, end] = [from, to].map((date) => files.findIndex((file) => file.date === date));
    assertEquals(length, end! - start! + 1);
    return `${refused ? "!" : ""}${start}–${end}`;
  });
  return { spans, asked };
}

/** What is refused of 5,571 files, and the spans to be found. */
const CASES: Readonly<Record<string, [(i: number) => boolean, string[]]>> = {
  "none": [() => false, ["0–5570"]],
  "all": [() => true, ["!0–5570"]],
  "the old side": [(i) => i < 4_316, ["!0–4315", "4316–5570"]],
  "the new side": [(i) => i > 5_000, ["0–5000", "!5001–5570"]],
  "all but a window of five years that ends two weeks ago": [
    (i) => i < 4_300 || i > 5_560,
    ["!0–4299", "4300–5560", "!5561–5570"],
  ],
  "the middle": [(i) => 2_000 < i && i < 3_500, ["0–2000", "!2001–3499", "3500–5570"]],
  "the newest file": [(i) => i === 5_570, ["0–5569", "!5570–5570"]],
  "the oldest file": [(i) => i === 0, ["!0–0", "1–5570"]],
};

for (const [what, [isRefused, spans]] of Object.entries(CASES)) {
  Deno.test(`findCoverage() (${what} refused) finds the very dates with few questions`, async () => {
    const found = await cover(FILES.length, isRefused);
    assertEquals([FILES.length, found.spans], [5_571, spans]);
    assertLessOrEqual(found.asked.length, 9 + 12 * (spans.length - 1));
  });
}

Deno.test("findCoverage() of few files asks no more than there are", async () => {
  assertEquals(await cover(0, () => true), { spans: [], asked: [] });
  assertEquals((await cover(1, () => true)).spans, ["!0–0"]);
  assertEquals((await cover(2, (i) => i === 0)).spans, ["!0–0", "1–1"]);
  assertEquals((await cover(3, (i) => i === 1)).spans, ["0–0", "!1–1", "2–2"]);
});

Deno.test("findCoverage() is right of every single boundary, in either direction", async () => {
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 2, max: FILES.length }),
    fc.nat(),
    fc.boolean(),
    async (count, seed, isOldRefused) => {
      const at = 1 + seed % (count - 1);
      const { spans, asked } = await cover(count, (i) => i < at === isOldRefused);
      const [old, recent] = [`0–${at - 1}`, `${at}–${count - 1}`];
      assertEquals(spans, isOldRefused ? [`!${old}`, recent] : [old, `!${recent}`]);
      assert(asked.length <= 9 + Math.ceil(Math.log2(count)));
    },
  ));
});

Deno.test("findCoverage() fails with the question, once all that run have ended", async () => {
  let running = 0;
  const isRefused = async ({ date }: { date: string }) => {
    running++;
    for (let i = 0; i < 5; i++) await Promise.resolve();
    running--;
    if (date === FILES[0]!.date) throw new Error("no answer");
    return false;
  };
  await assertRejects(() => findCoverage(FILES, isRefused), Error, "no answer");
  assertEquals(running, 0);
});
