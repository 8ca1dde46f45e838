import { assert, assertEquals, assertRejects } from "@std/assert";
import type { DatedObject } from "../../lib/dated_object.ts";
import { IntegrityError, S3Error } from "../../lib/errors.ts";
import { Fetcher } from "../../lib/load/fetcher.ts";
import { keepDownload } from "../../lib/bucket/download.ts";
import { FILES, type OpenRun, withRun } from "./open_run.ts";

const newestOf = ({ listing }: OpenRun): DatedObject =>
  listing.byDataset().get(FILES.dataset)!.at(-1)!;

function bring(run: OpenRun, object: DatedObject, fetcher = run.fetcher) {
  const { semaphore, signal } = run.connection;
  return semaphore.run(
    (permit) => fetcher.bring(object, ["TSLA", "NOSUCH"], { signal, permit }),
    { signal },
  );
}

Deno.test("Fetcher.bring() takes the rows of each ticker out of a file that was looked at ahead, asked for once", async () => {
  await withRun(["TSLA"], async (run) => {
    const object = newestOf(run);
    const [tickers, again] = await Promise.all([
      run.fetcher.lookAhead(object),
      run.fetcher.lookAhead(object),
    ]);
    assert(tickers.has("TSLA"));
    assertEquals(again, tickers);
    const file = await bring(run, object);
    run.fetcher.count(file);
    assertEquals(file.value.rows.map((rows) => JSON.parse(rows).length), [1, 0]);
    assertEquals(run.world.takeGets(), [object.key]);
    const { fromStore, downloaded, bytesDownloaded, md5Checked } = run.fetcher.counts;
    assertEquals([fromStore, downloaded, bytesDownloaded, md5Checked], [0, 1, object.size, 1]);
  });
});

Deno.test("Fetcher.bring() reads a kept file without the server, and a damaged one anew", async () => {
  await withRun(["TSLA"], async (run) => {
    const object = newestOf(run);
    const { store } = run.fetcher;
    const { bytes } = FILES.file(object.date);
    await keepDownload(object, bytes, { proof: "md5", store });
    assertEquals((await bring(run, object)).from, "store");
    assertEquals(run.world.takeGets(), []);
    const damaged = bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1);
    await keepDownload(object, damaged as Uint8Array<ArrayBuffer>, { proof: "md5", store });
    assertEquals((await bring(run, object)).from, "bucket");
    assertEquals(run.world.takeGets(), [object.key]);
  });
});

Deno.test("Fetcher.bring() has the failure of a look ahead once, and then tries by itself", async () => {
  await withRun(["TSLA"], async (run) => {
    const object = newestOf(run);
    run.world.s3.faults.add("access-denied", { key: object.key, times: 1 });
    await assertRejects(() => run.fetcher.lookAhead(object), S3Error);
    await assertRejects(() => bring(run, object), S3Error);
    assertEquals((await bring(run, object)).from, "bucket");
    assertEquals(run.world.takeGets(), [object.key, object.key]);
  });
});

Deno.test("Fetcher.bring() takes no file whose MD5 is not the listing's", async () => {
  await withRun(["TSLA"], async (run) => {
    const object = newestOf(run);
    run.world.s3.faults.add("bit-flip", { key: object.key });
    const error = await assertRejects(() => bring(run, object), IntegrityError);
    assertEquals(error.check, "md5");
  });
});

Deno.test("Fetcher ends a look ahead that no task has come for, and waits for it", async () => {
  await withRun(["TSLA"], async (run) => {
    const object = newestOf(run);
    run.world.s3.faults.add("stall-body", { key: object.key });
    let look: Promise<unknown>;
    {
      await using fetcher = new Fetcher(run.connection, run);
      look = fetcher.lookAhead(object);
      look.catch(() => {});
    }
    const error = await assertRejects(() => look, DOMException);
    assertEquals(error.name, "AbortError");
  });
});
