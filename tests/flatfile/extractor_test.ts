import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { IntegrityError } from "../../lib/errors.ts";
import { Extractor } from "../../lib/flatfile/extractor.ts";

const files = generateStockDays({ from: "2024-03-01", to: "2024-03-28", tickers: 60 });

function objectOf(key: string, bytes: Uint8Array) {
  return { key, size: bytes.length, md5: createHash("md5").update(bytes).digest("hex") };
}

Deno.test("Extractor takes the same rows out on threads as in place", async () => {
  using threads = new Extractor();
  await threads.startThreads(2);
  using inPlace = new Extractor();
  const tickers = ["TSLA", "AAPL", "NOT-THERE"];
  const runs = [...files].map(async ({ key, bytes }) => {
    const object = objectOf(key, bytes);
    const given = bytes.slice();
    const onThread = await threads.extract(object, given, tickers);
    assertEquals(given.length, 0, "the bytes went over to the thread");
    assertEquals(onThread, await inPlace.extract(object, bytes.slice(), tickers));
    assertEquals(onThread.bytes, bytes);
    assertEquals(JSON.parse(onThread.rows[0]!).length, 1);
  });
  assert(runs.length > 15);
  await Promise.all(runs);
});

Deno.test("Extractor says on threads what is wrong with the bytes, as in place", async () => {
  using threads = new Extractor();
  await threads.startThreads(1);
  using inPlace = new Extractor();
  const good = gzipSync("ticker,open,high,low,close,window_start\nA,1,2,0,1,0\n");
  const malformed = gzipSync("ticker,open,high,low,closing,window_start\nA,1,2,0,1,0\n");
  const cases: [Uint8Array, Uint8Array, string][] = [
    [good, good.subarray(1), "size"],
    [good, good.map((byte, i) => i === 5 ? byte ^ 1 : byte), "md5"],
    [good.subarray(0, -3), good.subarray(0, -3), "gzip"],
    [malformed, malformed, "format"],
  ];
  for (const [listed, arrived, check] of cases) {
    const object = objectOf("a/b.csv.gz", listed);
    const errors = await Promise.all([threads, inPlace].map((extractor) =>
      assertRejects(
        () => extractor.extract(object, new Uint8Array(arrived), ["A"]),
        IntegrityError,
      )
    ));
    assertEquals(errors.map((error) => [error.check, error.key]), [
      [check, "a/b.csv.gz"],
      [check, "a/b.csv.gz"],
    ]);
    assertEquals(errors[0]!.message, errors[1]!.message);
    const md5 = check === "size" ? undefined : objectOf("", arrived).md5;
    assertEquals(errors.map((error) => error.md5), [md5, md5]);
  }
});

Deno.test("Extractor rejects what its threads have not answered when it is disposed of", async () => {
  const threads = new Extractor();
  await threads.startThreads(1);
  const [file] = files;
  const object = objectOf(file!.key, file!.bytes);
  const pending = assertRejects(
    () => threads.extract(object, file!.bytes.slice(), ["TSLA"]),
    Error,
    "The threads have ended",
  );
  threads[Symbol.dispose]();
  await pending;
});

Deno.test("Extractor lets what comes while its threads start wait for them", async () => {
  using threads = new Extractor();
  const started = threads.startThreads(1);
  const [file] = files;
  const given = file!.bytes.slice();
  const { rows } = await threads.extract(objectOf(file!.key, file!.bytes), given, ["TSLA"]);
  assertEquals([threads.threads, given.length], [1, 0], "the bytes went over to the thread");
  assertEquals(JSON.parse(rows[0]!).length, 1);
  await started;
});
