/** Directories that somebody else has, in the place of the cache. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { works } from "../cache/samples.ts";
import { filesUnder, IN_QUARTER, stockFiles, World } from "./harness.ts";

const COMMANDS = [
  ["TSLA", ...IN_QUARTER],
  ["TSLA", "--dry-run"],
  ["TSLA", "--offline"],
  ["chart", "TSLA"],
  ["check", "TSLA"],
  ["list"],
  ["progress"],
  ["clear", "TSLA"],
  ["clear", "--all"],
];

Deno.test("flatfetch (--cache-dir of a repository, a project, a home) exits 6 and touches nothing", async () => {
  await using world = await World.open([stockFiles()]);
  const project = `${world.home}/project`;
  await Deno.mkdir(`${project}/objects/1a`, { recursive: true });
  await Deno.mkdir(`${project}/listings`);
  await Deno.writeTextFile(`${project}/objects/1a/2b3c`, "blob");
  await Deno.writeTextFile(`${project}/listings/2024.json`, "{}");
  const places = [
    project,
    world.home,
    "/",
    ...works("git", "init", project) ? [`${project}/.git`] : [],
  ];
  const before = await Array.fromAsync(filesUnder(world.home));
  for (const place of places) {
    for (const command of COMMANDS) {
      const { code, stderr } = await world.run([...command, "--cache-dir", place]);
      assertEquals(code, 6, `${command} --cache-dir ${place}: ${stderr}`);
      assertMatch(stderr, /^❌ Cannot use cache directory ".*": it has other files, and none of/m);
      assertMatch(
        stderr,
        /^ {3}Give --cache-dir .*\/flatfetch, or another folder of its own\.$/m,
      );
    }
  }
  const { stdout, code } = await world.run(["doctor", "--cache-dir", project]);
  assertMatch(stdout, /^❌ cache directory: Cannot use .*\n {3}Give --cache-dir /m);
  assertEquals(code, 6);
  assertEquals(await Array.fromAsync(filesUnder(world.home)), before);
});

Deno.test("flatfetch clear --all names what it leaves, also as JSON", async () => {
  await using world = await World.open([stockFiles()]);
  await world.run(["TSLA", ...IN_QUARTER, "-q"]);
  const mine = `${world.cache}/objects/mine/notes.txt`;
  await Deno.mkdir(`${world.cache}/objects/mine`);
  await Deno.writeTextFile(mine, "mine");
  const { code, stdout, stderr } = await world.run(["clear", "--all", "--json"]);
  assertEquals([code, JSON.parse(stdout).left], [0, [mine]]);
  assert(stderr.includes(`📌 What nothing proves to be flatfetch's stays: "${mine}"\n`), stderr);
  const left = await Array.fromAsync(filesUnder(world.cache));
  assertEquals(left.filter((path) => !/\.lock$|CACHEDIR\.TAG$/.test(path)), [mine]);
});

Deno.test("flatfetch TSLA in an older version's cache finds it all, and marks it", async () => {
  await using world = await World.open([stockFiles()]);
  await world.run(["TSLA", ...IN_QUARTER, "-q"]);
  await Deno.remove(`${world.cache}/CACHEDIR.TAG`);
  world.s3.clearRequests();
  const { code, stdout } = await world.run(["TSLA", ...IN_QUARTER, "-q", "--json"]);
  assertEquals([code, JSON.parse(stdout).symbols.TSLA.cached, world.s3.requests.length], [
    0,
    true,
    0,
  ]);
  assert((await Deno.stat(`${world.cache}/CACHEDIR.TAG`)).isFile);
});
