import fc from "fast-check";
import { crc32, gzipSync } from "node:zlib";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { WiderColumnError } from "../../lib/export/columns.ts";
import { convert } from "../../lib/export/convert.ts";
import type { ColumnKind } from "../../lib/export/columns.ts";
import { IntegrityError } from "../../lib/errors.ts";
import { extract } from "../../lib/flatfile/extract.ts";
import { extractFromLake, tickersInLake } from "../../lib/flatfile/lake_rows.ts";
import { FileRows } from "../../lib/flatfile/file_rows.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";
import { footerBytes, metadataIn, sealFooter } from "../../lib/lake/footer.ts";
import { METADATA } from "../../lib/lake/layout.ts";
import { LakeObjectError } from "../../lib/lake/lake_object_error.ts";
import { parseKey } from "../../lib/market/dataset.ts";
import { KeptRecord, RecordHead } from "../../lib/cache/record.ts";
import { playsAll, shareOf } from "../share.ts";

const DAYS = "us_stocks_sip/day_aggs_v1";
const MINUTES = "us_stocks_sip/minute_aggs_v1";

function sourceOf(text: string, { dataset = DAYS, date = "2024-03-07" } = {}) {
  const gzip = gzipSync(text) as Uint8Array<ArrayBuffer>;
  const key = `${dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
  return { key, size: gzip.length, etag: String(crc32(gzip)), date, gzip };
}

type FlatSource = ReturnType<typeof sourceOf>;

/** An object of a lake, as an export makes it; `undefined` when that refuses a file. */
async function objectOf(
  sources: readonly FlatSource[],
  { tickers, hasDate = sources.length > 1 }: { tickers?: string[]; hasDate?: boolean } = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const wider: Record<string, ColumnKind> = {};
  for (;;) {
    const options = { mark: "a mark", programVersion: "1", tickers, hasDate, wider };
    try {
      return new Uint8Array(
        await new Blob(await Array.fromAsync(convert(sources, options))).arrayBuffer(),
      );
    } catch (error) {
      if (error instanceof IntegrityError) return undefined;
      if (!(error instanceof WiderColumnError)) throw error;
      wider[error.column] = error.kind;
    }
  }
}

/** Calls with a file of some bytes. */
function withFile<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, bytes);
    return use(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** What a record comes to: its bars, and why there are none. */
function barsOf({ key, size, etag, date }: FlatSource, text: string) {
  const record = new KeptRecord(new RecordHead({ key, size, etag }), text);
  const { failure, warning, rowsText } = record;
  const rows = new FileRows(parseKey(key)!.dataset);
  return { bars: rows.barsOf(date, record), failure, warning, isEmpty: rowsText === "[]" };
}

const COLUMNS = ["volume", "open", "close", "high", "low", "window_start", "transactions"];
const NOON = BigInt(Date.UTC(2024, 2, 7, 17)) * 1_000_000n;

/** Mostly what a vendor's file has, sometimes anything. */
const cellOf = (name: string): fc.Arbitrary<string> => {
  const odd = fc.constantFrom(
    ...["", "-0", "+5", ".5", "5.", "1e3", "1e400", "abc", '"7"', " 7", "007", "1e100", "-1.5"],
    ...["9223372036854775807", "123456789012345678", "0.1000000000000000055511151231257827"],
    "9".repeat(100),
  );
  const usual = name === "window_start"
    ? fc.bigInt({ min: -200_000n, max: 200_000n }).map((n) => String(NOON + n * 60_000_000_007n))
    : name === "transactions"
    ? fc.nat().map(String)
    : fc.oneof(
      fc.double({ noNaN: true, min: 0, max: 1e6 }).map(String),
      fc.nat({ max: 100_000 }).map((n) => (n / 100).toFixed(2)),
    );
  return fc.oneof({ weight: 200, arbitrary: usual }, { weight: 1, arbitrary: odd });
};

const TICKER = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom("A", "AA", "TSLA", "BRK.B", "ZZ", "O:A1", "O:A2") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", '"A"', " A", "A ", '"A\n"', "A\0", "Ä", "A\u00a0", '"A""B"'),
  },
);

/** The text of a flat file with columns in some order, perhaps with more of them. */
const FILE = fc.record({
  columns: fc.subarray(COLUMNS.slice(), { minLength: 7 }).chain((all) =>
    fc.tuple(
      fc.shuffledSubarray(all, { minLength: 7 }),
      fc.subarray(["vwap", "note", "date"]),
      fc.subarray(["volume", "transactions"], { maxLength: 1 }),
    )
  ).map(([all, more, less]) => ["ticker", ...all.filter((name) => !less.includes(name)), ...more]),
  isSorted: fc.boolean(),
  end: fc.constantFrom("\n", "\n", "\r\n"),
}).chain(({ columns, isSorted, end }) =>
  fc.array(
    fc.tuple(TICKER, fc.tuple(...columns.slice(1).map(cellOf))),
    { maxLength: 30 },
  ).map((rows) => {
    const lines = rows.map(([ticker, cells]) => [ticker, ...cells].join(","));
    const twice = lines.length > 3 ? [lines[0]!] : [];
    const all = [...lines, ...twice];
    if (isSorted) all.sort();
    return [columns.join(","), ...all, ""].join(end);
  })
);

Deno.test("extractFromLake() finds the bars that the flat file has, or leaves them to it", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(FILE, FILE, fc.constantFrom(DAYS, MINUTES), async (one, other, dataset) => {
      const first = sourceOf(one, { dataset, date: "2024-03-07" });
      const second = sourceOf(other, { dataset, date: "2024-03-08" });
      for (const sources of [[first], [first, second]]) {
        const bytes = await objectOf(sources);
        if (bytes === undefined) continue;
        for (const names of [["TSLA"], ["A", "ZZ", "NONE"], ["O:A*", "A"]]) {
          const wanted = new TickerSet(names);
          const found = withFile(bytes, (path) => extractFromLake(path, sources, wanted));
          for (const [i, source] of sources.entries()) {
            const flat = await extract(source.key, source.gzip, wanted);
            const lake = found[i];
            if (lake === undefined) continue;
            taken++;
            assertEquals(
              lake.rows.map((text) => barsOf(source, text)),
              flat.rows.map((text) => barsOf(source, text)),
            );
            assertEquals(lake.families.length, flat.families.length);
          }
        }
      }
    }),
    { numRuns: playsAll ? 300 : 80, seed: 7 },
  );
  assert(taken > 250, `${taken} taken from the lake`);
});

/** A file of minutes of some tickers, sorted as the vendor's are. */
function minutes(tickers: readonly string[], rows: number, date = "2024-03-07"): FlatSource {
  const start = BigInt(Date.parse(`${date}T14:30:00Z`)) * 1_000_000n;
  const lines = tickers.toSorted().flatMap((ticker) =>
    Array.from(
      { length: rows },
      (_, i) =>
        `${ticker},${i % 90},${i}.25,${i}.5,${i}.75,${i}.125,${
          start + BigInt(i) * 1_000_000_000n
        },${i % 7}`,
    )
  );
  const header = `ticker,${COLUMNS.join(",")}`;
  return sourceOf([header, ...lines, ""].join("\n"), { dataset: MINUTES, date });
}

function take(bytes: Uint8Array, sources: readonly FlatSource[], ...names: string[]) {
  return withFile(bytes, (path) => extractFromLake(path, sources, new TickerSet(names)));
}

Deno.test("extractFromLake() gives right rows, or none with an error, whichever bit of an object is another", async () => {
  const sources = [minutes(["A", "B", "C"], 40), minutes(["A", "B"], 30, "2024-03-08")];
  const bytes = (await objectOf(sources))!;
  const whole = take(bytes, sources, "B");
  assert(whole.every((one) => one !== undefined));
  const places = shareOf([...bytes.keys()], 3);
  let refused = 0;
  for (const at of places) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << at % 8;
    try {
      assertEquals(take(damaged, sources, "B"), whole, `byte ${at}`);
    } catch (error) {
      if (!(error instanceof LakeObjectError)) throw error;
      refused++;
    }
  }
  assert(refused > places.length / 2, `${refused} of ${places.length}`);
});

Deno.test("extractFromLake() refuses what was cut off, and what others made", async () => {
  const sources = [minutes(["A", "B"], 40)];
  const bytes = (await objectOf(sources))!;
  for (let length = 0; length < bytes.length; length += 7) {
    assertThrows(() => take(bytes.subarray(0, length), sources, "B"), LakeObjectError);
  }
  const huge = bytes.slice();
  new DataView(huge.buffer).setUint32(huge.length - 8, 0xffff_fff0, true);
  const foreign = new TextEncoder().encode("PAR1\0\0\0\0PAR1");
  for (const other of [huge, foreign, new Uint8Array(100_000)]) {
    assertThrows(() => take(other, sources, "B"), LakeObjectError);
  }
  assertThrows(() => extractFromLake("/nowhere", sources, new TickerSet(["B"])), LakeObjectError);
  withFile(bytes, (path) => {
    Deno.symlinkSync(path, `${path}.link`);
    assertThrows(
      () => extractFromLake(`${path}.link`, sources, new TickerSet(["B"])),
      LakeObjectError,
    );
    Deno.removeSync(`${path}.link`);
  });
});

Deno.test("extractFromLake() reads of the row groups those alone that can have the ticker", async () => {
  const tickers = Array.from({ length: 400 }, (_, i) => `T${i + 100}`);
  const sources = [minutes(tickers, 350)];
  const bytes = (await objectOf(sources))!;
  const whole = take(bytes, sources, "T105");
  const all = take(bytes, sources, "T*");
  const damaged = bytes.slice();
  damaged.fill(0, bytes.length - 40_000, bytes.length - 30_000);
  assertEquals(take(damaged, sources, "T105"), whole);
  assertThrows(() => take(damaged, sources, "T*"), LakeObjectError);
  assertEquals(all[0]!.families.length, 1);
});

Deno.test("extractFromLake() makes of a family what the flat file makes of it, day by day", async () => {
  const sources = [minutes(["O:A1", "O:A2", "O:B1"], 20), minutes(["O:A2"], 20, "2024-03-08")];
  const bytes = (await objectOf(sources))!;
  const wanted = new TickerSet(["O:A*"]);
  const found = take(bytes, sources, "O:A*");
  for (const [i, source] of sources.entries()) {
    const { families } = await extract(source.key, source.gzip, wanted);
    assertEquals(found[i]!.families, families);
  }
});

Deno.test("extractFromLake() leaves to the flat file what the object is not made of, or has not all of", async () => {
  const sources = [minutes(["A", "AB", "B"], 4)];
  const [source] = sources as [FlatSource];
  const some = (await objectOf(sources, { tickers: ["A*"] }))!;
  assertEquals(take(some, sources, "AB"), take((await objectOf(sources))!, sources, "AB"));
  assertEquals(take(some, sources, "A*").length, 1);
  assertEquals(take(some, sources, "AB", "B"), [undefined]);
  assertEquals(take(some, sources, "?B"), [undefined]);
  for (
    const change of [{ etag: "another" }, { size: 7 }, { key: source.key.replace("07", "08") }]
  ) {
    assertEquals(take(some, [{ ...source, ...change }], "AB"), [undefined]);
  }
});

Deno.test("extractFromLake() leaves several days without their dates to the flat files", async () => {
  const sources = [minutes(["A"], 4), minutes(["A"], 4, "2024-03-08")];
  const bytes = (await objectOf(sources, { hasDate: false }))!;
  assertEquals(take(bytes, sources, "A"), [undefined, undefined]);
});

Deno.test("tickersInLake() names the tickers of a date, each once", async () => {
  const sources = [minutes(["A", "B", "C"], 300), minutes(["B", "D"], 300, "2024-03-08")];
  const bytes = (await objectOf(sources))!;
  const of = (file: FlatSource) => withFile(bytes, (path) => tickersInLake(path, file));
  assertEquals(of(sources[0]!), ["A", "B", "C"]);
  assertEquals(of(sources[1]!), ["B", "D"]);
});

Deno.test("extractFromLake() fails in words, or gives rows, whatever a sealed footer says", async () => {
  const sources = [minutes(["A", "B"], 40)];
  const bytes = (await objectOf(sources))!;
  const start = bytes.length - footerBytes(bytes)!;
  for (const at of shareOf([...bytes.keys()].slice(start, -8), 3)) {
    for (const bits of [1, 0x80, 0xff]) {
      const forged = bytes.slice();
      forged[at]! ^= bits;
      if (metadataIn(forged, METADATA.seal) === undefined) continue;
      sealFooter(forged);
      try {
        take(forged, sources, "B");
      } catch (error) {
        assert(error instanceof LakeObjectError, String(error));
      }
    }
  }
});

Deno.test("extractFromLake() refuses sources and tickers that are no lists of such", async () => {
  const sources = [minutes(["A", "B"], 40)];
  const bytes = (await objectOf(sources, { tickers: ["A", "B", "A*", "B*"] }))!;
  for (const key of [METADATA.sources, METADATA.tickers]) {
    const text = metadataIn(bytes, key)!;
    for (const other of ["", "null", "1", "{}", "[null]", "[[]]", '[{"key":1}]', "[1]"]) {
      const forged = new TextEncoder().encode(other.padEnd(text.length));
      const all = bytes.slice();
      all.set(forged, indexOf(all, new TextEncoder().encode(text)));
      sealFooter(all);
      assertThrows(() => take(all, sources, "B"), LakeObjectError, "", `${key} ${other}`);
    }
  }
});

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  return bytes.findIndex((_, at) => wanted.every((byte, i) => bytes[at + i] === byte));
}
