import { assert, assertEquals } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { ConverterPool } from "../../lib/export/converter_pool.ts";
import { exportTask } from "../../lib/export/export_task.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { withDirectory } from "../cache/samples.ts";

Deno.test("exportTask() says with each chunk that it goes on, and leaves a file with its mark", async () => {
  await withDirectory(async (path) => {
    const s3 = new FakeS3();
    const [file] = [...generateStockDays({ from: "2024-03-07", to: "2024-03-07" })];
    s3.objects.put(file!.key, file!.bytes);
    using client = new S3Client({
      endpoint: "https://files.massive.com",
      bucket: "flatfiles",
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      fetch: s3.fetch,
    });
    const [listed] = await Array.fromAsync(client.list(file!.key));
    using pool = await ConverterPool.start(1);
    await using target = new FolderTarget(`${path}/lake`);
    const directory = new CacheDirectory(`${path}/cache`);
    let goingOn = 0;
    const task = {
      path: "us_stocks_sip/day_aggs_v1/date=2024-03-07/part.parquet",
      sources: [{ ...listed!, date: "2024-03-07" }],
      mark: "a mark",
    };
    const done = await exportTask(task, {
      ...{ store: new ObjectStore(directory), directory, client, pool, target },
      semaphore: new Semaphore(1),
      layout: { by: "date", format: "parquet", tickers: undefined },
      programVersion: "1",
      signal: new AbortController().signal,
      replaces: undefined,
      keepAlive: () => goingOn++,
      aside: (work) => work(),
    });
    assertEquals(done.outcome, "written");
    assert(done.rows > 0 && goingOn > 0);
    const { signal } = new AbortController();
    const objects = await target.list("us_stocks_sip/day_aggs_v1", signal);
    assertEquals(objects.map(({ path, mark }) => [path, mark]), [[task.path, "a mark"]]);
  });
});
