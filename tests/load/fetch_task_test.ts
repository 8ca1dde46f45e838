import { assertEquals, assertRejects } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { ObjectChangedError, S3Error } from "../../lib/errors.ts";
import { fetchTask } from "../../lib/load/fetch_task.ts";
import { byKind, openSymbols } from "../../lib/load/open_symbols.ts";
import { RecordBatch } from "../../lib/load/record_batch.ts";
import { Refusals } from "../../lib/load/verdict.ts";
import { QUARTER } from "../program/harness.ts";
import { FILES, type OpenRun, withRun } from "./open_run.ts";

const OTHERS = generateStockDays({ ...QUARTER, seed: 2, tickers: 40 });
const DATE = FILES.dates[30]!;
const KEY = FILES.keyOf(DATE);

const listed = ({ listing }: OpenRun) =>
  listing.byDataset().get(FILES.dataset)!.find(({ key }) => key === KEY);

/** How often the file was asked for; beside it, the newest is looked into for suggestions. */
const gets = ({ world }: OpenRun) => world.takeGets().filter((key) => key === KEY).length;

/** The listings of single objects. */
const lists = ({ world }: OpenRun) =>
  world.s3.requests.flatMap(({ prefix }) => prefix === KEY ? prefix : []).length;

/** Fetches the file of one date; the records that each symbol has then, and what was thrown. */
async function fetch(run: OpenRun, { keep = false } = {}) {
  const { semaphore, signal } = run.connection;
  await using stack = new AsyncDisposableStack();
  const demands = await openSymbols(run.requests, stack, run);
  const task = { object: listed(run)!, demands };
  run.world.s3.clearRequests();
  const thrown: unknown[] = [];
  {
    await using batch = new RecordBatch(1);
    const refusals = new Refusals([KEY], 0);
    await semaphore.run(
      (permit) => fetchTask(task, { ...run, batch, refusals, keep, signal, permit }),
      { signal },
    ).catch((error) => thrown.push(error));
  }
  const records = byKind(demands).symbols.map(({ records }) => records.get(KEY));
  return { records, thrown };
}

Deno.test("fetchTask() asks once for a file, records it for each symbol, and keeps it where that is said", async () => {
  await withRun(["TSLA", "AAPL", "NOSUCH"], async (run) => {
    const { records, thrown } = await fetch(run, { keep: true });
    assertEquals(thrown, []);
    assertEquals(records.map((record) => record?.hasTicker), [true, true, false]);
    assertEquals(gets(run), 1);
    const done = { type: "file", key: KEY, outcome: { kind: "done", from: "bucket" } } as const;
    assertEquals(run.events.filter(({ type }) => type === "file"), [done]);
    await fetch(run);
    assertEquals(gets(run), 0);
  });
});

Deno.test("fetchTask() keeps nothing of a file that is not to be kept", async () => {
  await withRun(["TSLA"], async (run) => {
    for (let times = 0; times < 2; times++) {
      await fetch(run);
      assertEquals(gets(run), 1);
    }
  });
});

Deno.test("fetchTask() lists an object again that was replaced, and records the version of now", async () => {
  await withRun(["TSLA"], async (run) => {
    run.world.s3.objects.put(KEY, OTHERS.file(DATE).bytes);
    const before = listed(run)!;
    const { records: [record], thrown } = await fetch(run);
    assertEquals(thrown, []);
    assertEquals(record?.etag, listed(run)!.etag);
    assertEquals(record?.etag === before.etag, false);
    assertEquals(lists(run), 1);
  });
});

Deno.test("fetchTask() takes an object that is gone out of the listing, and fails", async () => {
  await withRun(["TSLA"], async (run) => {
    run.world.s3.objects.delete(KEY);
    const { records, thrown: [error] } = await fetch(run);
    assertEquals(records, [undefined]);
    await assertRejects(() => Promise.reject(error), S3Error, "NoSuchKey");
    assertEquals(listed(run), undefined);
  });
});

Deno.test("fetchTask() lists an object again three times at most that is replaced again and again", async () => {
  await withRun(["TSLA"], async (run) => {
    run.world.s3.faults.add("etag-swap", { key: KEY });
    const { thrown: [error] } = await fetch(run);
    await assertRejects(() => Promise.reject(error), ObjectChangedError);
    assertEquals(lists(run), 3);
  });
});
