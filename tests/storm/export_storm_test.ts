/** An export whose flat files come through bad weather: the lake is that of a calm day. */

import { assert, assertEquals } from "@std/assert";
import { exportDataset } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import type { Layout } from "../../lib/lake/layout.ts";
import { bytesUnder, KEYS, World } from "../program/harness.ts";
import { blow, MOST_ATTEMPTS, QUICK, stormFiles } from "./weather.ts";

const LAYOUTS: readonly Pick<Layout, "by" | "format">[] = [
  { by: "date", format: "parquet" },
  { by: "month", format: "parquet" },
  { by: "date", format: "csv.gz" },
];

for (const [seed, layout] of LAYOUTS.entries()) {
  Deno.test(`one attempt in five fails: exportDataset() by ${layout.by} as ${layout.format} makes what it makes undisturbed`, async () => {
    const files = stormFiles(80);
    await using world = await World.open([files]);
    const exportTo = async (name: string) => {
      const target = new FolderTarget(`${world.home}/${name}`);
      const place = { endpoint: world.url, credentials: KEYS, cacheDirectory: world.cache };
      const options = { ...place, ...layout, target, limits: QUICK, random: () => 0 };
      const { complete, failures } = await exportDataset([files.dataset], options);
      assertEquals([complete, failures], [true, []]);
      return await bytesUnder(target.name);
    };
    const calm = await exportTo("calm");
    world.s3.clearRequests();
    blow(world, seed);
    assertEquals(await exportTo("storm"), calm);
    const gets = world.s3.requests.flatMap(({ key }) => key ?? []);
    const most = Math.max(...[...Map.groupBy(gets, (key) => key).values()].map((of) => of.length));
    assert(
      gets.length > 1.1 * files.dates.length && most <= MOST_ATTEMPTS,
      `${gets.length} ${most}`,
    );
  });
}

for (const [, layout] of LAYOUTS.entries()) {
  Deno.test(`exportDataset() by ${layout.by} as ${layout.format} takes a file as it is that was replaced after the listing, and leaves one that has gone`, async () => {
    const files = stormFiles(10);
    await using world = await World.open([files]);
    const [replaced, gone] = files.dates.map((date) => files.keyOf(date)) as [string, string];
    const target = new FolderTarget(`${world.home}/lake`);
    const harmful: typeof fetch = async (input, init) => {
      const url = String(input);
      if (url.includes(replaced)) {
        world.s3.objects.put(replaced, files.file(files.dates[5]!).bytes);
      }
      if (url.includes(gone)) world.s3.objects.delete(gone);
      return await fetch(input, init);
    };
    const place = { endpoint: world.url, credentials: KEYS, cacheDirectory: world.cache };
    const options = { ...place, ...layout, target, random: () => 0 };
    const first = await exportDataset([files.dataset], { ...options, fetch: harmful });
    const isMonth = layout.by === "month";
    assertEquals(first.failures.map(({ key }) => key), [isMonth ? replaced : gone]);
    const second = await exportDataset([files.dataset], options);
    assertEquals([second.complete, second.objectsWritten], [true, isMonth ? 1 : 0]);
  });
}
