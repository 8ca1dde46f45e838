import { gzipSync, zstdDecompressSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { IntegrityError } from "../../lib/errors.ts";
import { WiderColumnError } from "../../lib/export/columns.ts";
import { convert } from "../../lib/export/convert.ts";
import { isThere, query, word } from "../output/duckdb.ts";

const OPTIONS = {
  mark: "a mark",
  programVersion: "1.2.3",
  hasDate: false,
  tickers: undefined,
  wider: {},
} as const;

const DAY = "2024-03-07";

/** A flat file in memory. */
function sourceOf(
  text: string | Uint8Array,
  { dataset = "us_stocks_sip/trades_v1", date = DAY } = {},
) {
  const gzip = gzipSync(text);
  const key = `${dataset}/2024/03/${date}.csv.gz`;
  return { key, size: gzip.length, etag: "an-etag", date, gzip };
}

type ConvertOptions = Parameters<typeof convert>[1];

async function converted(
  sources: readonly ReturnType<typeof sourceOf>[],
  options: Partial<ConvertOptions> = {},
) {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const making = convert(sources, { ...OPTIONS, ...options });
  let next = await making.next();
  for (; !next.done; next = await making.next()) chunks.push(next.value);
  return { ...next.value, bytes: new Uint8Array(await new Blob(chunks).arrayBuffer()) };
}

/** The rows as a reader that is not this program's has them, nanoseconds as they are. */
async function rowsOf({ buffer }: Uint8Array<ArrayBuffer>): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({
    file: buffer,
    compressors: { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) },
    parsers: { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds } as never,
  });
}

Deno.test("convert() keeps every value of a file of trades, nanoseconds to the last digit", async () => {
  const header = "ticker,conditions,correction,exchange,id,participant_timestamp,price," +
    "sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp";
  const { bytes, rows, isSorted } = await converted([sourceOf(
    `${header}\n` +
      `A,"12,37",0,11,52983525035312,1712306654208705342,142.99,3807,1712306654208740096,5,1,0,0\n` +
      `A,,0,11,0052,1712306654208705343,5.2e-7,9223372036854775807,1712306654208740097,.5,1,,-1\n`,
  )]);
  assertEquals([rows, isSorted], [2, true]);
  assertEquals(await rowsOf(bytes), [
    {
      ticker: "A",
      conditions: "12,37",
      correction: 0n,
      exchange: 11n,
      id: "52983525035312",
      participant_timestamp: 1712306654208705342n,
      price: 142.99,
      sequence_number: 3807n,
      sip_timestamp: 1712306654208740096n,
      size: 5,
      tape: 1n,
      trf_id: 0n,
      trf_timestamp: 0n,
    },
    {
      ticker: "A",
      conditions: null,
      correction: 0n,
      exchange: 11n,
      id: "0052",
      participant_timestamp: 1712306654208705343n,
      price: 5.2e-7,
      sequence_number: 9223372036854775807n,
      sip_timestamp: 1712306654208740097n,
      size: .5,
      tape: 1n,
      trf_id: null,
      trf_timestamp: -1n,
    },
  ]);
});

Deno.test("convert() keeps every value over many row groups, by dictionary and plainly, with and without nulls", async () => {
  const rows = 250_001;
  const row = (i: number) => {
    const one = i % 7 === 0 ? "" : `${i}.25`;
    const few = i % 1_000 < 500 ? "" : String(i % 13);
    const runs = Math.floor(i / 1_000);
    const nanos = `17123066542${String(i).padStart(8, "0")}`;
    return [
      `T${String(Math.floor(i / 50)).padStart(6, "0")}`,
      one,
      few,
      runs,
      nanos,
      `id${i}`,
      "",
      "x",
    ];
  };
  const lines = Array.from({ length: rows }, (_, i) => row(i).join(","));
  const header = "ticker,price,tape,sequence_number,sip_timestamp,id,conditions,constant";
  const { bytes } = await converted([sourceOf([header, ...lines].join("\n"))]);
  const meta = parquetMetadata(bytes.buffer);
  assertEquals(meta.row_groups.map(({ num_rows }) => Number(num_rows)), [122_880, 122_880, 4_241]);
  const found = await rowsOf(bytes);
  assertEquals(found.length, rows);
  const text = (value: unknown) => value === null ? "" : String(value);
  for (const [i, values] of found.entries()) {
    assertEquals(Object.values(values).map(text), row(i).map(text), `row ${i}`);
  }
});

Deno.test("convert() packs dictionaries of 1 to 70,000 values in runs and in bits", async () => {
  for (const count of [1, 2, 3, 8, 9, 255, 256, 257, 65_537, 70_000]) {
    const values = Array.from(
      { length: 122_880 },
      (_, i) => i % 100 < 20 ? i % count : Math.floor(i / 40) % count,
    );
    const lines = values.map((value) => `A,${"x".repeat(20)}${value}`);
    const { bytes } = await converted([sourceOf(["ticker,id", ...lines].join("\n"))]);
    const found = await rowsOf(bytes);
    const wrong = found.findIndex(({ id }, i) => id !== `${"x".repeat(20)}${values[i]}`);
    assertEquals([found.length, wrong], [122_880, -1], `${count} values`);
  }
});

Deno.test("convert() says in sorting_columns what the rows ascend by, of a whole file alone", async () => {
  const sortingOf = async (lines: string[], header = "ticker,window_start,volume") => {
    const { bytes, isSorted } = await converted([sourceOf([header, ...lines].join("\n"))]);
    const [group] = parquetMetadata(bytes.buffer).row_groups;
    return [isSorted, group!.sorting_columns?.map(({ column_idx }) => column_idx)];
  };
  assertEquals(await sortingOf(["A,1,1", "A,2,1", "AB,1,1", "a,1,1"]), [true, [0, 1]]);
  assertEquals(await sortingOf(["A,10,1", "A,9,1"]), [false, [0]]);
  assertEquals(await sortingOf(["A,-2,1", "A,-1,1", "A,4294967296,1", "A,4294967297,1"]), [true, [
    0,
    1,
  ]]);
  assertEquals(await sortingOf(["A,-1,1", "A,-2,1"]), [false, [0]]);
  assertEquals(await sortingOf(["A,1,1", "A,,1"]), [false, [0]]);
  assertEquals(await sortingOf(["a,1,1", "B,2,1"]), [false, undefined]);
  assertEquals(await sortingOf(["B,1,1", "A,2,1", "A,3,1"]), [false, undefined]);
  const trades = "ticker,participant_timestamp,sip_timestamp";
  assertEquals(await sortingOf(["A,2,1", "A,1,2"], trades), [true, [0, 2]]);
  assertEquals(await sortingOf(["A,1,2", "A,2,1"], trades), [true, [0, 1]]);
});

Deno.test("convert() sees what does not ascend from one row group to the next, but not from one file to the next", async () => {
  const group = Array.from({ length: 122_880 }, (_, i) => `B,${i},1`);
  const sortedWith = async (row: string) => {
    const header = "ticker,window_start,volume";
    const source = sourceOf([header, ...group, row].join("\n"));
    const later = sourceOf(`${header}\nA,1,1\nB,1,1\n`, { date: "2024-03-08" });
    const { bytes } = await converted([source, later], { hasDate: true });
    const { row_groups } = parquetMetadata(bytes.buffer);
    assertEquals(row_groups.map(({ num_rows }) => num_rows), [122_880n, 3n]);
    return row_groups[1]!.sorting_columns?.map(({ column_idx }) => column_idx);
  };
  assertEquals(await sortedWith("B,122880,1"), [0, 1, 2]);
  assertEquals(await sortedWith("C,1,1"), [0, 1, 2]);
  assertEquals(await sortedWith("B,1,1"), [0, 1]);
  assertEquals(await sortedWith("A,122880,1"), undefined);
});

Deno.test("convert() puts the least and the greatest value of each row group into its statistics", async () => {
  const { bytes } = await converted([sourceOf(
    "ticker,window_start,low\nA,1712306654208705342,-0.5\nÄ,1712306654208705343,\nB,5,1e300\n",
  )]);
  const [{ columns }] = parquetMetadata(bytes.buffer).row_groups as [never];
  const statistics = (columns as { meta_data: { statistics: Record<string, unknown> } }[])
    .map((
      { meta_data: { statistics: { min_value, max_value, null_count } } },
    ) => [min_value, max_value, null_count]);
  assertEquals(statistics[0], ["A", "Ä", 0n]);
  assertEquals(statistics[2], [-0.5, 1e300, 1n]);
});

Deno.test("convert() reads CRLF, quotes, several members and a last line without an end", async () => {
  const text = 'ticker,id\r\n"A","say ""x"", y"\r\n\r\nB,"line\nend"\r\nC,""\r\nD,\r\nE,e';
  const half = gzipSync(text.slice(0, 20));
  const gzip = new Uint8Array([...half, ...gzipSync(text.slice(20))]);
  const source = { ...sourceOf(""), gzip, size: gzip.length };
  const { bytes } = await converted([source as never]);
  assertEquals(await rowsOf(bytes), [
    { ticker: "A", id: 'say "x", y' },
    { ticker: "B", id: "line\nend" },
    { ticker: "C", id: "" },
    { ticker: "D", id: null },
    { ticker: "E", id: "e" },
  ]);
});

Deno.test("convert() refuses, naming file and row, what no reader would take", async () => {
  const refused: [string | Uint8Array, string][] = [
    ["ticker,id\nA\n", "row 2 has 1 cells"],
    ["ticker,Date,file_date\nA,1,2\n", "twice"],
    [`ticker,${Array.from({ length: 2_000 }, (_, i) => `c${i}`)}\n`, "2001 columns"],
    ["ticker,,id\nA,1,2\n", "no name"],
    [
      `ticker,${Array.from({ length: 100_000 }, (_, i) => `c${i}`)}\nA\n`,
      "row 1 has more than 16384 cells",
    ],
    [new Uint8Array([...new TextEncoder().encode("ticker,id\nA,"), 0xff, 0x0a]), "not UTF-8"],
    ["", "no header"],
    ['ticker,id\nA,b\nA,"b"c\n', "row 3 has a cell that goes on"],
    ['ticker,id\nA,"b" \n', "row 2 has a cell that goes on"],
    ['ticker,id,size\nA,"b,1\nB,"c,2\nC,d,3\n', "goes on behind its quotes"],
    ['ticker,id\nA,"b\nC,d\n', "row 2 has a cell whose quotes do not end"],
    ["ticker,id\rA,b\r", "no text"],
    ["ticker,i\0d\nA,b\n", "no text"],
    [new Uint8Array([...new TextEncoder().encode("ticker,i"), 0xff, 0x0a]), "no text"],
  ];
  for (const [text, what] of refused) {
    const error = await assertRejects(() => converted([sourceOf(text)]), IntegrityError);
    assert(error.message.includes(what) && error.message.includes(DAY), error.message);
  }
});

Deno.test("convert() asks for a wider column where a cell is none of its kind", async () => {
  const source = sourceOf("ticker,tape\nA,1\nA,1.5\n");
  const error = await assertRejects(() => converted([source]), WiderColumnError);
  assertEquals([error.column, error.kind], ["tape", "double"]);
  const { bytes } = await converted([source], { wider: { tape: "double" } });
  assertEquals(await rowsOf(bytes), [{ ticker: "A", tape: 1 }, { ticker: "A", tape: 1.5 }]);
});

Deno.test("convert() loses no digit of whole numbers among which there are fractions", async () => {
  for (const cells of [["9007199254740993", "1.5"], ["1.5", "-9007199254740993"]]) {
    const source = sourceOf(`ticker,tape\n${cells.map((cell) => `A,${cell}\n`).join("")}`);
    const error = await assertRejects(
      () => converted([source], { wider: { tape: "double" } }),
      WiderColumnError,
    );
    assertEquals([error.column, error.kind], ["tape", "text"]);
  }
  const source = sourceOf("ticker,tape\nA,9007199254740991\nA,0.30000000000000004\nA,\n");
  const { bytes } = await converted([source], { wider: { tape: "double" } });
  assertEquals((await rowsOf(bytes)).map(({ tape }) => tape), [
    Number.MAX_SAFE_INTEGER,
    0.30000000000000004,
    null,
  ]);
});

Deno.test("convert() passes over a mark of the byte order, in front of quotes too, and keeps one in a cell", async () => {
  const source = sourceOf('\ufeff"ticker","window_start","id"\n"A",1,"\ufeffx"\r\n"B",2,"y"\r\n');
  const { bytes, isSorted } = await converted([source]);
  assertEquals([(await rowsOf(bytes)).map(({ ticker }) => ticker), isSorted], [["A", "B"], true]);
  const text = new TextEncoder().encode("\ufeffx");
  assert(bytes.some((_, at) => text.every((byte, i) => bytes[at + i] === byte)));
});

Deno.test("convert() takes columns named as what every object has", async () => {
  const { bytes } = await converted([sourceOf("ticker,__proto__,constructor,toString\nA,b,c,d\n")]);
  const columns = parquetMetadata(bytes.buffer).schema.map(({ name, type }) => [name, type]);
  assertEquals(columns.slice(1), [
    ...["ticker", "__proto__", "constructor", "toString"].map((name) => [name, "BYTE_ARRAY"]),
  ]);
});

Deno.test("convert() gives columns another name that are called as a partition is", async () => {
  const { bytes } = await converted([sourceOf("ticker,date,Month\nA,b,c\n")], { hasDate: true });
  const names = parquetMetadata(bytes.buffer).schema.slice(1).map(({ name }) => name);
  assertEquals(names, ["date", "ticker", "file_date", "file_Month"]);
});

Deno.test("convert() rounds whole sizes above 2 ** 53 to doubles, and asks for no wider column", async () => {
  const { bytes } = await converted([sourceOf("ticker,size\nA,9007199254740993\nA,3\n")]);
  assertEquals((await rowsOf(bytes)).map(({ size }) => size), [2 ** 53, 3]);
});

Deno.test("convert() says of rows without a ticker that they do not ascend", async () => {
  for (const rows of [",5\nA,5\n", "A,5\n,5\n", "A,1\n,2\nA,3\n"]) {
    const { bytes, isSorted } = await converted([sourceOf(`ticker,window_start\n${rows}`)]);
    assertEquals(isSorted, false, rows);
    assert(!parquetMetadata(bytes.buffer).row_groups[0]!.sorting_columns?.length);
  }
});

Deno.test("convert() takes a month's files with their dates, and columns that come later", async () => {
  const { bytes } = await converted([
    sourceOf("ticker,window_start\nA,1\nB,2\n"),
    sourceOf("ticker,vwap,window_start\nA,1.5,3\n", { date: "2024-03-08" }),
  ], { hasDate: true });
  const [one, two, three] = [DAY, DAY, "2024-03-08"].map((date) => new Date(date));
  assertEquals(await rowsOf(bytes), [
    { date: one, ticker: "A", window_start: 1n, vwap: null },
    { date: two, ticker: "B", window_start: 2n, vwap: null },
    { date: three, ticker: "A", window_start: 3n, vwap: 1.5 },
  ]);
  const [group] = parquetMetadata(bytes.buffer).row_groups;
  assertEquals(group!.sorting_columns?.map(({ column_idx }) => column_idx), [0, 1, 2]);
});

Deno.test("convert() keeps the rows of wanted tickers alone", async () => {
  const source = sourceOf("ticker,id\nA,1\nAB,2\nB,3\n");
  const { bytes, rows } = await converted([source], { tickers: ["A*"] });
  assertEquals([rows, (await rowsOf(bytes)).map(({ id }) => id)], [2, ["1", "2"]]);
});

Deno.test({
  name: `convert() makes what DuckDB reads as it reads the CSV${word}`,
  ignore: !isThere,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const lines = Array.from({ length: 130_000 }, (_, i) => {
        const price = i % 11 === 0 ? "" : `${(i * 7919) % 100_003 / 100}`;
        return `T${String(i / 100 | 0).padStart(5, "0")},${price},${i % 17},1712306654208${
          String(i).padStart(6, "0")
        },${i}`;
      });
      const text = ["ticker,price,exchange,sip_timestamp,id", ...lines, ""].join("\n");
      const { bytes } = await converted([sourceOf(text)]);
      await Deno.writeTextFile(`${folder}/a.csv`, text);
      await Deno.writeFile(`${folder}/a.parquet`, bytes);
      // DuckDB before 2.0 holds times with a zone to the microsecond.
      const csv = "SELECT ticker, price, exchange, sip_timestamp // 1000, id " +
        `FROM read_csv('${folder}/a.csv', types={'id': 'VARCHAR'})`;
      const own = "SELECT ticker, price, exchange, epoch_us(sip_timestamp), id " +
        `FROM '${folder}/a.parquet'`;
      const { rows } = await query(
        `SELECT (SELECT count(*) FROM (${csv})), (SELECT count(*) FROM (${own})), ` +
          `(SELECT count(*) FROM (${csv} EXCEPT ALL ${own})), ` +
          `(SELECT typeof(sip_timestamp) FROM '${folder}/a.parquet' LIMIT 1)`,
      );
      assertEquals(rows, [["130000", "130000", "0", "TIMESTAMP WITH TIME ZONE"]]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
