/** Promise 1 on the system's own full and read-only disks, as a user meets them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { IN_QUARTER, QUARTER, stockFiles, World } from "../program/harness.ts";

/** Whether a command can be run here, and succeeds. */
async function works(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args }).output()).success;
  } catch {
    return false;
  }
}

const mount = (path: string, options: string) =>
  works("mount", "-t", "tmpfs", "-o", `${options},mode=700`, "tmpfs", path);

async function canMount(): Promise<boolean> {
  const path = await Deno.makeTempDir();
  const isMountable = await mount(path, "size=64k") && await works("umount", path);
  await Deno.remove(path);
  return isMountable;
}

const isMountable = await canMount();
const word = isMountable ? "" : " (skipped: this machine does not let it mount a tmpfs)";

/** Mounts a small disk where the cache is, for the time of the test. */
const withSmallCache = (world: World, options: string, test: () => Promise<void>) =>
  withSmallDisk(world.cache, options, test);

/** The same anywhere. */
async function withSmallDisk(
  path: string,
  options: string,
  test: () => Promise<void>,
): Promise<void> {
  await Deno.mkdir(path);
  assert(await mount(path, options));
  try {
    await test();
  } finally {
    assert(await works("umount", path));
  }
}

Deno.test({
  name: `flatfetch TSLA on a disk that fills exits 6 with path and hint, then goes on there${word}`,
  ignore: !isMountable,
  fn: async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    await withSmallCache(world, "size=80k", async () => {
      const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
      assertMatch(stderr, /^❌ Cannot .*"\/.*\/cache\/.*no space left/mi);
      assertMatch(
        stderr,
        /^ {3}Free some space and run the same command again; what is finished is kept\.$/m,
      );
      assertEquals(code, 6);
      assert(await works("mount", "-o", "remount,size=8m", world.cache));
      await world.quiet();
      world.s3.clearRequests();
      const { bars, summary } = await world.load(["TSLA"], QUARTER);
      assertEquals(bars.TSLA, files.truth("TSLA"));
      assertEquals(world.takeGets().length, summary.files.downloaded);
      assert(summary.files.recorded + summary.files.fromStore > 0, "something was finished");
    });
  },
});

Deno.test({
  name: `flatfetch TSLA on a read-only disk exits 6 with path and hint${word}`,
  ignore: !isMountable,
  fn: async () => {
    await using world = await World.open([stockFiles()]);
    await withSmallCache(world, "size=1m,ro", async () => {
      const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
      assertMatch(stderr, /^❌ Cannot .*"\/.*\/cache.*read-only/mi);
      assertMatch(
        stderr,
        /^ {3}Choose a directory that you may write to, with --cache-dir\.$/m,
      );
      assertEquals(code, 6);
    });
  },
});

Deno.test({
  name: `flatfetch TSLA (cached) on a disk that has become read-only gives its bars${word}`,
  ignore: !isMountable,
  fn: async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    await withSmallCache(world, "size=8m", async () => {
      const args = [...IN_QUARTER, "-o", "-"];
      const before = await world.run(["TSLA", ...args]);
      assert(await works("mount", "-o", "remount,ro", world.cache));
      world.s3.clearRequests();
      for (const more of [[], ["--offline"]]) {
        const { code, stdout } = await world.run(["TSLA", ...args, ...more]);
        assertEquals([code, stdout], [0, before.stdout]);
      }
      assertEquals(world.s3.requests, []);
      const { code, stderr } = await world.run(["AAPL", ...args]);
      assertMatch(stderr, /^❌ Cannot lock ".*\/AAPL\.lock": .*read-only/mi);
      assertEquals(code, 6);
    });
  },
});

Deno.test({
  name: `flatfetch doctor on a read-only disk exits 6 with path and what to do${word}`,
  ignore: !isMountable,
  fn: async () => {
    await using world = await World.open([stockFiles()]);
    await withSmallCache(world, "size=1m,ro", async () => {
      const { code, stdout } = await world.run(["doctor"]);
      assertMatch(
        stdout,
        /^❌ cache directory: Cannot write ".*": .*read-only.*\n {3}Choose a directory that you may/mi,
      );
      assertMatch(stdout, /^🔶 disk space: not tried: the cache directory cannot be used$/m);
      assertMatch(stdout, /^✅ download: /m);
      assertEquals(code, 6);
    });
  },
});

Deno.test({
  name: `flatfetch doctor on a disk with 16 MiB exits 6 and says how much is free${word}`,
  ignore: !isMountable,
  fn: async () => {
    await using world = await World.open([stockFiles()]);
    await withSmallCache(world, "size=16m", async () => {
      const { code, stdout } = await world.run(["doctor"]);
      assertMatch(stdout, /^✅ cache directory: .*, on tmpfs$/m);
      assertMatch(stdout, /^❌ disk space: .*: 1[56] MiB are free, want .*\n {3}Free some space/m);
      assertEquals(code, 6);
    });
  },
});

Deno.test({
  name:
    `flatfetch export into a folder whose disk fills says so before, exits 6, and goes on there${word}`,
  ignore: !isMountable,
  fn: async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    const lake = `${world.home}/lake`;
    const args = ["export", files.dataset, "--into", lake];
    await withSmallDisk(lake, "size=64k", async () => {
      const { code, stderr } = await world.run(args);
      assertMatch(stderr, /lake has 65\.5 kB of room, and may need 8\d\.?\d* kB$/m);
      assertMatch(stderr, /^❌ Cannot .*"\/.*\/lake\/.*no space left.*\n {3}Free some space/mi);
      assertEquals(code, 6);
      assert(await works("mount", "-o", "remount,size=8m", lake));
      const next = await world.run(args);
      assertEquals(next.code, 0, next.stderr);
      assertMatch(next.stderr, /[1-9]\d* were there/);
      const check = await world.run(["check", "--into", lake]);
      assertEquals(check.code, 0, check.stderr);
      assert(await works("mount", "-o", "remount,ro", lake));
      assertEquals((await world.run(args)).code, 0);
      world.s3.objects.put(files.keyOf(files.dates[0]!), [...files][1]!.bytes);
      const refused = await world.run(args);
      assertMatch(refused.stderr, /read-only.*\n {3}Choose a directory .*--into\.$/mi);
      assertEquals(refused.code, 6);
    });
  },
});
