import { assertEquals } from "@std/assert";
import { roomFor, roomNotices } from "../../lib/export/perform_here.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { withDefaults } from "../../lib/settings.ts";

const MIB = 2 ** 20;

function taskOf(...sizes: readonly number[]) {
  const sources = sizes.map((size, i) => ({ key: `${i}`, etag: "e", size, date: "2024-03-07" }));
  return { path: "p", mark: "m", sources };
}

Deno.test("roomFor() is the largest tasks that do not fit in memory, as many as are worked on at once", () => {
  const tasks = [taskOf(MIB), taskOf(100 * MIB), taskOf(40 * MIB, 40 * MIB), taskOf(70 * MIB)];
  assertEquals(roomFor(tasks, { concurrency: 2 }), 180 * MIB);
  assertEquals(roomFor(tasks, { concurrency: "auto" }), 250 * MIB);
  assertEquals(roomFor([taskOf(MIB), taskOf(64 * MIB), taskOf(-1)], { concurrency: 2 }), 0);
});

Deno.test("roomNotices() names the cache and the folder that have less room than may be needed", async () => {
  const home = await Deno.makeTempDir();
  const place = { cacheDirectory: `${home}/cache/not/there/yet`, credentials: undefined };
  const settings = withDefaults({ ...place, concurrency: 1 });
  const target = new FolderTarget(`${home}/lake`);
  assertEquals(await roomNotices([taskOf(MIB)], { settings, target }), []);
  const huge = 60 * 2 ** 30;
  const notices = await roomNotices(Array.from({ length: 200_000 }, () => taskOf(huge)), {
    settings: { ...settings, concurrency: 200_000 },
    target,
  });
  assertEquals(
    notices.map((text) => text.replace(/ has \S+ \S+ of/, " has … of")),
    [place.cacheDirectory, `${home}/lake`].map((name) =>
      `${name} has … of room, and may need 12.9 PB`
    ),
  );
  await Deno.remove(home, { recursive: true });
});
