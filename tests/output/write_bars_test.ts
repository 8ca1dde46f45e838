import { assert, assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../lib/errors.ts";
import type { BarBatch } from "../../lib/market/bar.ts";
import { OUTPUT_FORMATS } from "../../lib/output/format.ts";
import { bySymbol, outputName, writeBars, writeBarsBySymbol } from "../../lib/output/write_bars.ts";
import { FailingDisk } from "../cache/failing_disk.ts";
import { namesIn, withDirectory } from "../cache/samples.ts";
import { BAR, bytesOf, named, readerOf } from "./samples.ts";

const isWindows = Deno.build.os === "windows";

const BATCHES: readonly BarBatch[] = ["TSLA", "BRK.B", "^GSPC"].map((symbol, i) => ({
  symbol,
  bars: Array.from({ length: i + 1 }, (_, n) => ({ ...BAR, open: n })),
}));

for (const format of OUTPUT_FORMATS) {
  Deno.test(`writeBars() as ${format} replaces a file, readable as the user's others`, async () => {
    await withDirectory(async (directory) => {
      const path = `${directory}/bars`;
      await Deno.writeTextFile(path, "old");
      const written = await writeBars(path, BATCHES, { format });
      const { size: bytes } = await Deno.stat(path);
      assertEquals(written, { path, rows: 6, bytes });
      assertEquals(await readerOf(format)(await Deno.readFile(path)), named(BATCHES));
      assertEquals(await namesIn(directory), ["bars"]);
      const { mode } = await Deno.stat(path);
      if (!isWindows) assertEquals(mode! & 0o777, 0o666 & ~Deno.umask());
    });
  });

  Deno.test(`writeBars() as ${format} leaves the old file whichever disk call fails`, async () => {
    await withDirectory(async (directory) => {
      const path = `${directory}/bars`;
      const rows = [{ symbol: "A", bars: Array(5_000).fill(BAR) }];
      for (let at = 0, isDone = false; !isDone; at++) {
        await Deno.writeTextFile(path, "old");
        using disk = new FailingDisk({ at, short: true });
        const write = writeBars(path, rows, { format }).then(() => undefined);
        const error = await write.catch((error: unknown) => error);
        isDone = disk.calls <= at;
        if (isDone) {
          assert(at > 3);
          assertEquals(error, undefined);
        } else if (disk.names.at(-1) === "sync" && disk.names.includes("renameSync")) {
          assert(error instanceof StorageError);
        } else if (disk.names.at(-1) !== "remove") {
          assert(error instanceof StorageError);
          assertEquals([await namesIn(directory), await Deno.readTextFile(path)], [
            ["bars"],
            "old",
          ]);
        }
      }
    });
  });
}

Deno.test("writeBars() leaves the old file when the bars end in an error, and passes it on", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/bars.parquet`;
    await Deno.writeTextFile(path, "old");
    function* batches() {
      yield BATCHES[0]!;
      throw new RangeError("no more");
    }
    const write = () => writeBars(path, batches(), { format: "parquet" });
    await assertRejects(write, RangeError, "no more");
    assertEquals([await namesIn(directory), await Deno.readTextFile(path)], [
      ["bars.parquet"],
      "old",
    ]);
  });
});

Deno.test("writeBarsBySymbol() writes a file a symbol into a directory that it makes", async () => {
  await withDirectory(async (path) => {
    const directory = `${path}/new/bars`;
    const empty = { symbol: "NONE", bars: [] };
    const metadata = { interval: "1d" };
    for (const format of OUTPUT_FORMATS) {
      const options = { format, metadata };
      const files = await writeBarsBySymbol(`${directory}/`, [empty, ...BATCHES, empty], options);
      const paths = files.map(({ path }) => path);
      assertEquals(files.map(({ rows }) => rows), [1, 2, 3]);
      const names = ["TSLA", "BRK.B", "^GSPC"].map((name) => `${name}.${format}`);
      assertEquals(paths, names.map((name) => `${directory}/${name}`));
      for (const [i, path] of paths.entries()) {
        const bytes = await Deno.readFile(path);
        assertEquals(bytes, await bytesOf([BATCHES[i]!], format, { metadata }));
        assertEquals(files[i]!.bytes, bytes.length);
      }
    }
    assertEquals((await namesIn(directory)).length, 3 * OUTPUT_FORMATS.length);
    const { mode } = await Deno.stat(directory);
    if (!isWindows) assertEquals(mode! & 0o777, 0o777 & ~Deno.umask());
  });
});

Deno.test("writeBarsBySymbol() keeps the files that were written before a failure", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/BRK.B.csv`, "old");
    function* batches() {
      yield* BATCHES.slice(0, 2);
      throw new Error("no more");
    }
    const write = () => writeBarsBySymbol(directory, batches(), { format: "csv" });
    await assertRejects(write, Error, "no more");
    assertEquals(await namesIn(directory), ["BRK.B.csv", "TSLA.csv"]);
    assertEquals(await Deno.readTextFile(`${directory}/BRK.B.csv`), "old");
  });
});

Deno.test("writeBarsBySymbol() refuses to write one file twice", async () => {
  await withDirectory(async (directory) => {
    const [a, b] = BATCHES;
    const again = () => writeBarsBySymbol(directory, [a!, b!, a!], { format: "csv" });
    await assertRejects(again, TypeError, '"TSLA": they do not follow each other');
    const alike = ["A:B", "A=B"].map((symbol) => ({ symbol, bars: [BAR] }));
    const clash = () => writeBarsBySymbol(directory, alike, { format: "csv" });
    await assertRejects(clash, TypeError, 'A_B.csv" for "A=B": it is "A:B"\'s');
  });
});

Deno.test("writeBarsBySymbol() names the directory that it cannot have", async () => {
  await withDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/file`, "");
    const write = () => writeBarsBySymbol(`${path}/file`, BATCHES, { format: "csv" });
    const error = await assertRejects(write, StorageError);
    assertEquals(error.path, `${path}/file/TSLA.csv`);
  });
});

Deno.test("outputName() keeps what people know of a symbol, and leads nowhere else", () => {
  const names: Readonly<Record<string, string>> = {
    "TSLA": "TSLA.parquet",
    "BRK.B": "BRK.B.parquet",
    "BRK-B": "BRK-B.parquet",
    "BTC-USD": "BTC-USD.parquet",
    "X:BTC-USD": "X_BTC-USD.parquet",
    "EURUSD=X": "EURUSD_X.parquet",
    "^GSPC": "^GSPC.parquet",
    "O:SPY251219C00650000": "O_SPY251219C00650000.parquet",
    "BACpB": "BAC%70B.parquet",
    "CON": "%43ON.parquet",
    "../x": "%2E.%2F%78.parquet",
    "%3A": "%253A.parquet",
    "": "%.parquet",
  };
  for (const [symbol, name] of Object.entries(names)) {
    assertEquals(outputName(symbol, "parquet"), name);
  }
});

const batch = (symbol: string, ...opens: number[]): BarBatch => ({
  symbol,
  bars: opens.map((open) => ({ ...BAR, open })),
});

Deno.test("bySymbol() parts batches where the symbol changes, and drops empty ones", async () => {
  const batches = [
    batch("E"),
    batch("A", 1, 2),
    batch("A"),
    batch("A", 3),
    batch("B", 4),
    batch("F"),
  ];
  const parts: [string, number[]][] = [];
  for await (const { symbol, batches: own } of bySymbol(batches)) {
    const bars = (await Array.fromAsync(own)).flatMap(({ bars }) => bars);
    parts.push([symbol, bars.map(({ open }) => open)]);
  }
  assertEquals(parts, [["A", [1, 2, 3]], ["B", [4]]]);
});

Deno.test("bySymbol() takes no batch before it is asked for, and tells when none is wanted", async () => {
  let taken = 0;
  let isEnded = false;
  async function* source() {
    try {
      for (const symbol of ["A", "A", "B", "C"]) {
        taken++;
        yield await Promise.resolve(batch(symbol, taken));
      }
    } finally {
      isEnded = true;
    }
  }
  for await (const { batches: own } of bySymbol(source())) {
    assertEquals(taken, 1);
    assertEquals((await Array.fromAsync(own)).length, 2);
    break;
  }
  assertEquals([taken, isEnded], [3, true]);
});

Deno.test("bySymbol() passes on what its source throws", async () => {
  function* source() {
    yield batch("A", 1);
    throw new Error("no more");
  }
  const read = async () => {
    for await (const { batches: own } of bySymbol(source())) await Array.fromAsync(own);
  };
  await assertRejects(read, Error, "no more");
});
