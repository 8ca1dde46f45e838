/** What `flatfetch doctor` prints, and how it ends. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SetupCheck } from "../../mod.ts";
import { DATES, fullBucket, keyOf } from "../doctor/full_bucket.ts";
import { World } from "./harness.ts";
import manifest from "../../deno.json" with { type: "json" };

/** A world whose bucket has every dataset. */
async function fullWorld(): Promise<World> {
  const world = await World.open([]);
  const full = fullBucket();
  for (const key of full.objects.keys()) world.s3.objects.put(key, full.objects.get(key)!.bytes);
  return world;
}

const NO_KEYS = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };

/** The text with what differs from machine to machine masked. */
function masked(text: string, { url, cache }: World): string {
  return text
    .replaceAll(cache, "CACHE")
    .replaceAll(new URL(url).host, "HOST")
    .replace(/in \d+ ms/g, "in N ms")
    .replace(/written(, on \w+)?$/m, "written")
    .replace(/[\d,]+ MiB/, "N MiB")
    .replace(/version: .*/, "version: …");
}

Deno.test("flatfetch doctor (all is well) exits 0 with a line for everything", async () => {
  await using world = await fullWorld();
  const { code, stdout, stderr } = await world.run(["doctor"]);
  const [first, last] = [DATES[0], DATES.at(-1)];
  const plan = (title: string) =>
    `✅ plan: ${title}: served from ${first} to ${last} (60 files); 6 were asked for`;
  assertEquals(masked(stdout, world).split("\n"), [
    "✅ version: …",
    "✅ threads: files are read on threads",
    '✅ cache directory: "CACHE" is a directory of yours, and can be written',
    "✅ disk space: N MiB are free",
    "✅ credentials: found in MASSIVE_S3_ACCESS_KEY_ID",
    '✅ endpoint: "HOST" answers in N ms',
    "✅ clock: this machine's clock is that of the server",
    `✅ listing: 60 files of "us_stocks_sip/day_aggs_v1" in N ms, the newest of ${last}`,
    ...["stocks", "options", "indices", "forex", "crypto"].flatMap((title) => [
      plan(`${title}, day`),
      plan(`${title}, minute`),
    ]),
    ...masked(stdout, world).split("\n").filter((line) => line.startsWith("✅ download: ")),
    "Everything works.",
    "",
  ]);
  assertMatch(stdout, /^✅ download: "us_stocks_sip\/day_aggs_v1\/.*its length, MD5 and gzip/m);
  assertMatch(stdout, new RegExp(`^✅ version: flatfetch ${manifest.version}, Deno `));
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("flatfetch doctor (no keys) exits 4 and names every place", async () => {
  await using world = await fullWorld();
  const { code, stdout } = await world.run(["doctor"], { env: NO_KEYS });
  assertMatch(
    stdout,
    /^❌ credentials: Cannot find S3 credentials: looked for MASSIVE_S3_ACCESS_KEY_ID, .*, profile default in ~\/.aws\/config\n {3}Set one of these pairs; the vendor's dashboard shows/m,
  );
  assertMatch(stdout, /^✅ endpoint: /m);
  assertMatch(stdout, /^🔶 listing: not tried: there are no credentials$/m);
  assertMatch(stdout, /^1 failure, 3 warnings\.\n$/m);
  assertEquals(code, 4);
});

Deno.test("flatfetch doctor (half a key pair) exits 4 and says which half lacks", async () => {
  await using world = await fullWorld();
  const env = { MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
  const { code, stdout } = await world.run(["doctor"], { env });
  assertMatch(
    stdout,
    /^❌ credentials: .*is set, and MASSIVE_S3_SECRET_ACCESS_KEY is not\n {3}Give both, /m,
  );
  assertMatch(stdout, /^✅ endpoint: /m);
  assertEquals(code, 4);
});

Deno.test("flatfetch doctor (wrong keys) exits 4 with what to do", async () => {
  await using world = await fullWorld();
  const env = { MASSIVE_S3_SECRET_ACCESS_KEY: "another" };
  const { code, stdout } = await world.run(["doctor"], { env });
  assertMatch(stdout, /^❌ listing: .*SignatureDoesNotMatch\n {3}Check the secret key/m);
  assertEquals(code, 4);
});

Deno.test("flatfetch doctor (dead endpoint) exits 5", async () => {
  await using world = await World.open([]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout } = await world.run(["doctor", "--endpoint", `http://127.0.0.1:${port}`]);
  assertMatch(
    stdout,
    /^❌ endpoint: .*the connection to 127\.0\.0\.1:\d+ was refused\n {3}Check this machine's/m,
  );
  assertEquals(code, 5);
});

Deno.test("flatfetch doctor (symlinked cache directory) exits 6", async () => {
  await using world = await fullWorld();
  await Deno.mkdir(`${world.home}/real`);
  await Deno.symlink(`${world.home}/real`, `${world.home}/link`);
  const { code, stdout } = await world.run(["doctor", "--cache-dir", `${world.home}/link`]);
  assertMatch(stdout, /^❌ cache directory: .*it is a symbolic link\n {3}Look at the path/m);
  assertMatch(stdout, /^✅ download: /m);
  assertEquals(code, 6);
});

Deno.test("flatfetch doctor (the plan serves nothing) exits 4", async () => {
  await using world = await fullWorld();
  world.s3.faults.add("access-denied", { key: /gz$/ });
  const { code, stdout } = await world.run(["doctor"]);
  assertMatch(stdout, /^🔶 plan: stocks, day: not included in your plan: refused from/m);
  assertMatch(stdout, /^❌ download: .*your plan or your key covers none of them$/m);
  assertEquals(code, 4);
});

Deno.test("flatfetch doctor --no-color says every status as a word", async () => {
  await using world = await fullWorld();
  const { stdout } = await world.run(["doctor", "--no-color"], { env: NO_KEYS });
  const lines = stdout.trimEnd().split("\n").slice(0, -1).filter((line) => !line.startsWith(" "));
  assert(lines.every((line) => /^(ok|warning|failure): /.test(line)), stdout);
});

Deno.test("flatfetch doctor --quiet shows failures alone, as errors", async () => {
  await using world = await fullWorld();
  assertEquals(await world.run(["doctor", "-q"]), { code: 0, stdout: "", stderr: "" });
  const { code, stdout, stderr } = await world.run(["doctor", "-q"], { env: NO_KEYS });
  assertMatch(stderr, /^❌ credentials: [^\n]*\n {3}Set one of these pairs[^\n]*\n$/);
  assertEquals([code, stdout], [4, ""]);
});

Deno.test("flatfetch doctor --json tells the same to programs, spans of the plan included", async () => {
  await using world = await fullWorld();
  for (const date of DATES.slice(0, 20)) {
    world.s3.faults.add("access-denied", { key: keyOf("us_stocks_sip/day_aggs_v1", date) });
  }
  const { code, stdout, stderr } = await world.run(["doctor", "--json"]);
  const { healthy, checks } = JSON.parse(stdout) as {
    healthy: boolean;
    checks: (SetupCheck & { fix?: string })[];
  };
  const plan = checks.find(({ dataset }) => dataset === "us_stocks_sip/day_aggs_v1");
  assertEquals(plan?.spans, [
    { from: DATES[0]!, to: DATES[19]!, files: 20, refused: true },
    { from: DATES[20]!, to: DATES[59]!, files: 40, refused: false },
  ]);
  assertEquals([healthy, code, stderr], [true, 0, ""]);
  const ill = await world.run(["doctor", "--json"], { env: NO_KEYS });
  const [failure] = (JSON.parse(ill.stdout).checks as (SetupCheck & { fix?: string })[])
    .filter(({ status }) => status === "failure");
  assertEquals(Object.keys(failure!), ["name", "status", "text", "fix"]);
  assertEquals([failure?.name, JSON.parse(ill.stdout).healthy, ill.code], [
    "credentials",
    false,
    4,
  ]);
});

Deno.test("flatfetch doctor TSLA exits 2", async () => {
  await using world = await World.open([]);
  const { code, stderr } = await world.run(["doctor", "TSLA"]);
  assertMatch(stderr, /^❌ Cannot examine "TSLA": doctor takes no symbol$/m);
  assertEquals(code, 2);
});
