/** Exports in parts, against one run of the whole. */

import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { generateCryptoDays } from "../../fixtures/flat_files.ts";
import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { bytesUnder, keysOf, stockFiles, World } from "./harness.ts";

const SPAN = { from: "2025-01-02", to: "2025-02-14" } as const;
const STOCKS = stockFiles(SPAN);
const CRYPTO = generateCryptoDays(SPAN);
const DATASETS = [STOCKS.dataset, CRYPTO.dataset];
const KEYS = [...keysOf(STOCKS), ...keysOf(CRYPTO)].sort();
const SHARDS = [1, 2, 3, 4].map((i) => ["--shard", `${i}/4`]);

/** Unlike bytes it can be shown when it differs. */
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const layouts = [["--by", "date"], ["--by", "month"], ["--format", "csv.gz"]];
for (const layout of layouts) {
  Deno.test(`flatfetch export --shard I/4 ${layout.join(" ")}, four at once, makes the folder of one run, and fetches each file once`, async () => {
    await using world = await World.open([STOCKS, CRYPTO]);
    const whole = `${world.home}/whole`;
    const parts = `${world.home}/parts`;
    const line = ["export", ...DATASETS, ...layout];
    const one = await world.run([...line, "--into", whole, "--cache-dir", `${world.home}/one`]);
    assertEquals(one.code, 0, one.stderr);
    assertEquals(world.takeGets(), KEYS);
    const ends = await Promise.all(
      SHARDS.map((shard) => world.run([...line, "--into", parts, ...shard])),
    );
    assertEquals(ends.map(({ code }) => code), [0, 0, 0, 0], ends.map((e) => e.stderr).join("\n"));
    assertEquals(world.takeGets(), KEYS);
    assertEquals(await bytesUnder(parts), await bytesUnder(whole));
    const again = await world.run([...line, "--into", parts]);
    assertEquals([again.code, world.takeGets()], [0, []]);
    assertMatch(again.stderr, /is up to date/);
  });
}

Deno.test("flatfetch export --shard auto/4 of an Indexed Job makes the bucket of one run, four at once", async () => {
  await using world = await World.open([STOCKS, CRYPTO]);
  const keys = { accessKeyId: "LAKEKEYID", secretAccessKey: "lake/secret" };
  const lakes = [new FakeS3({ credentials: keys }), new FakeS3({ credentials: keys })] as const;
  await using stack = new AsyncDisposableStack();
  const run = (lake: FakeS3, url: string, args: readonly string[], env = {}) =>
    world.run(["export", ...DATASETS, "--into", `s3://${lake.bucket}/lake`, ...args], {
      env: {
        FLATFETCH_INTO_ACCESS_KEY_ID: keys.accessKeyId,
        FLATFETCH_INTO_SECRET_ACCESS_KEY: keys.secretAccessKey,
        FLATFETCH_CACHE_DIR: `${world.home}/${url.slice(-5)}`,
        ...env,
      },
    });
  const [whole, parts] = lakes.map((lake) => stack.use(serveS3(lake)).url) as [string, string];
  const one = await run(lakes[0], whole, ["--into-endpoint", whole]);
  assertEquals([one.code, world.takeGets()], [0, KEYS], one.stderr);
  const auto = ["--into-endpoint", parts, "--shard", "auto/4"];
  const ends = await Promise.all(
    SHARDS.map((_, i) => run(lakes[1], parts, auto, { JOB_COMPLETION_INDEX: `${i}` })),
  );
  assertEquals(ends.map(({ code }) => code), [0, 0, 0, 0], ends.map((e) => e.stderr).join("\n"));
  assertEquals(world.takeGets(), KEYS);
  const bytesIn = ({ objects }: FakeS3) =>
    new Map(objects.keys().sort().map((key) => [key, hashOf(objects.get(key)!.bytes)]));
  assertEquals(bytesIn(lakes[1]), bytesIn(lakes[0]));
});

Deno.test("flatfetch export --shard with more parts than files has nothing to do in the rest", async () => {
  await using world = await World.open([STOCKS]);
  const line = ["export", STOCKS.dataset, "--into", `${world.home}/lake`, "--shard"];
  const last = await world.run([...line, "1000/1000"]);
  assertEquals([last.code, world.takeGets()], [0, []], last.stderr);
  const first = await world.run([...line, "1/1000"]);
  assertEquals([first.code, world.takeGets()], [0, keysOf(STOCKS).slice(0, 1)], first.stderr);
});

Deno.test("flatfetch export --shard auto where no scheduler says which exits 2", async () => {
  await using world = await World.open([STOCKS]);
  const line = ["export", STOCKS.dataset, "--into", `${world.home}/lake`, "--shard"];
  for (const [shard, env] of [["auto", {}], ["auto", { JOB_COMPLETION_INDEX: "0" }]] as const) {
    const { code, stderr } = await world.run([...line, shard], { env });
    assertEquals([code, world.s3.requests], [2, []], stderr);
    assert(stderr.includes("JOB_COMPLETION_INDEX"), stderr);
  }
});

const EXAMPLES = new URL("../../examples/", import.meta.url);

/** The words after the program, and the variables of each of its tasks. */
const examples: Record<string, (text: string) => { args: string[]; tasks: object[] }> = {
  "kubernetes_job.yaml": (text) => {
    const [, count] = /^ {2}completions: (\d+)$/m.exec(text)!;
    const [, list] = /^ {10}args: (\[[^\]]*\])/m.exec(text)!;
    const tasks = Array.from(
      { length: Number(count) },
      (_, i) => ({ JOB_COMPLETION_INDEX: `${i}` }),
    );
    return { args: JSON.parse(list!.replace(/,(?=\s*\]$)/, "")), tasks };
  },
  "aws_batch_job.json": (text) => {
    const { command } = JSON.parse(text).containerProperties;
    const tasks = ["0", "1", "2"].map((index) => ({
      AWS_BATCH_JOB_ARRAY_INDEX: index,
      AWS_BATCH_JOB_ARRAY_SIZE: "3",
    }));
    return { args: command.slice(command.indexOf("export")), tasks };
  },
};
for (const [name, read] of Object.entries(examples)) {
  Deno.test(`examples/${name} starts tasks that fetch each file once between them`, async () => {
    await using world = await World.open([STOCKS]);
    const { args, tasks } = read(await Deno.readTextFile(new URL(name, EXAMPLES)));
    const line = args.map((word) => (
      word.startsWith("s3:")
        ? `${world.home}/lake`
        : word.includes("/minute")
        ? STOCKS.dataset
        : word
    ));
    for (const env of tasks) {
      const { code, stderr } = await world.run(line, { env: { ...env } });
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /Exported [1-9]/);
    }
    assertEquals(world.takeGets(), keysOf(STOCKS));
  });
}
