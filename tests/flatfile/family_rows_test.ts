/** That a family has of each ticker what the ticker by itself would have. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { gzipText } from "../../fixtures/flat_files.ts";
import type { FamilyNotes } from "../../lib/cache/family_body.ts";
import { FamilyFile, writeFamilyFile } from "../../lib/cache/family_file.ts";
import { extract, tickersOf } from "../../lib/flatfile/extract.ts";
import { IntegrityError } from "../../lib/errors.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";
import { withDirectory } from "../cache/samples.ts";

const SAMPLES = new URL("../../fixtures/data/flat_files/", import.meta.url);
const DAY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const MINUTE = "us_stocks_sip/minute_aggs_v1/2024/03/2024-03-07.csv.gz";
const COLUMNS = "ticker,volume,open,close,high,low,window_start,transactions";
const START = 1_709_787_600_000_000_000n;

/** What is recorded of each ticker: its rows as text, or why there are none; and of the file. */
interface Found {
  readonly rows: Record<string, string>;
  readonly failures: Record<string, string>;
  readonly warning: string | undefined;
}

async function byFamily(key: string, bytes: Uint8Array, family: string): Promise<Found> {
  const { families: [body] } = await extract(key, bytes, new TickerSet([family]));
  let found: Found | undefined;
  await withDirectory(async (directory) => {
    const of = { dataset: key.split("/", 2).join("/"), family };
    const path = `${directory}/2024-03-07.ndjson.gz`;
    await writeFamilyFile(path, { of, object: { key, size: 1, etag: "e" }, body: body! });
    found = read(FamilyFile.open(path)!);
  });
  return found!;
}

function read(file: FamilyFile): Found {
  const rows: Record<string, string> = {};
  const all = file.read();
  let next = all.next();
  for (; !next.done; next = all.next()) rows[next.value.ticker] = next.value.rowsText;
  const { failures, warning }: FamilyNotes = next.value;
  assertEquals(Object.keys(rows), Object.keys(rows).sort());
  return { rows, failures, warning };
}

/** The same, each ticker asked for by itself. */
async function oneByOne(key: string, bytes: Uint8Array, tickers: Iterable<string>): Promise<Found> {
  const rows: Record<string, string> = {};
  const failures: Record<string, string> = {};
  let warning: string | undefined;
  for (const ticker of [...new Set(tickers)].filter((ticker) => ticker !== "").sort()) {
    const { rows: [text] } = await extract(key, bytes, new TickerSet([ticker]));
    const at = text!.search(/,"(failure|warning)"/);
    const notes = at === -1 ? {} : JSON.parse(`{${text!.slice(at + 1)}}`);
    const rowsText = at === -1 ? text! : text!.slice(0, at);
    if (rowsText !== "[]") rows[ticker] = rowsText;
    if (notes.failure !== undefined) failures[ticker] = notes.failure;
    warning = notes.warning;
  }
  return { rows, failures, warning };
}

for (const { name } of Deno.readDirSync(SAMPLES)) {
  if (!name.endsWith(".csv.gz")) continue;
  Deno.test(`extract() of '*' has all of ${name}`, async () => {
    const bytes = await Deno.readFile(new URL(name, SAMPLES));
    const key = name.includes("minute") ? MINUTE : DAY;
    const tickers = await tickersOf(key, bytes).catch((error) => error);
    if (tickers instanceof IntegrityError) {
      await assertRejects(() => byFamily(key, bytes, "*"), IntegrityError, tickers.message);
      return;
    }
    const { rows, failures, warning } = await byFamily(key, bytes, "*");
    const want = await oneByOne(key, bytes, tickers);
    assertEquals({ rows, failures }, { rows: want.rows, failures: want.failures });
    if (tickers.length > 0) assertEquals(warning, want.warning);
  });
}

Deno.test("extract() of a family has of each ticker what it has by itself, however odd the file", async () => {
  const line = fc.record({
    ticker: fc.constantFrom("A", "AB", "AC", "B", "a", "A.B", '"AB"', ""),
    minute: fc.integer({ min: 0, max: 3 }),
    volume: fc.constantFrom("5", "1.5", "x", "2e3", "", '"7"'),
    isLate: fc.boolean(),
    end: fc.constantFrom("\n", "\n", "\r\n", "\n\n", ",9\n", '"\n'),
  });
  const lines = fc.array(line, { maxLength: 12 });
  const isSorted = fc.boolean();
  await fc.assert(
    fc.asyncProperty(
      lines,
      isSorted,
      fc.constantFrom(DAY, MINUTE),
      async (lines, isSorted, key) => {
        const all = lines.map(({ ticker, minute, volume, isLate, end }) => {
          const stamp = START + BigInt(minute) * 60_000_000_000n + (isLate ? 10n ** 15n : 0n);
          return `${ticker},${volume},1,2,3,0.5,${stamp},4${end}`;
        });
        if (isSorted) all.sort();
        const bytes = gzipText(`${COLUMNS}\n${all.join("")}`);
        const tickers = await tickersOf(key, bytes);
        for (const [family, pattern] of [["A*", /^A/], ["?", /^.$/], ["*", /./]] as const) {
          const own = tickers.filter((ticker) => pattern.test(ticker));
          const found = await byFamily(key, bytes, family);
          const want = await oneByOne(key, bytes, own);
          assertEquals({ ...found, warning: "" }, { ...want, warning: "" }, family);
          if (own.length > 0) {
            assertEquals(
              found.warning?.replace(/\d+/, ""),
              want.warning?.replace(/\d+/, ""),
            );
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("extract() of a ticker and of families that have it gives it to each", async () => {
  const rows = ["AB", "AC", "B"].map((ticker) => `${ticker},5,1,2,3,0.5,${START},4`);
  const bytes = gzipText([COLUMNS, ...rows, ""].join("\n"));
  const found = await extract(DAY, bytes, new TickerSet(["B", "A*", "AB", "*"]));
  assertEquals(found.rows.map((text) => JSON.parse(text).length), [1, 1]);
  assertEquals(found.families.length, 2);
  assert(found.families.every(({ length }) => length > 0));
});
