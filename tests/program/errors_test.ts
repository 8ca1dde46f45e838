/** What ends a run before it has anything, and the exit code that says so. */

import { assertEquals, assertMatch } from "@std/assert";
import { works } from "../cache/samples.ts";
import { IN_QUARTER, QUARTER, type RunOptions, stockFiles, World } from "./harness.ts";

const NO_KEYS = {
  MASSIVE_S3_ACCESS_KEY_ID: undefined,
  MASSIVE_S3_SECRET_ACCESS_KEY: undefined,
};

/** Runs, and asserts the exit code, the first line of the error and the requests. */
async function fails(
  world: World,
  args: readonly string[],
  want: { code: number; error: RegExp; requests?: number } & RunOptions,
): Promise<string> {
  world.s3.clearRequests();
  const { code, stdout, stderr } = await world.run(args, want);
  const at = stderr.indexOf("❌ ");
  assertMatch(stderr.slice(Math.max(0, at)).split("\n")[0]!, want.error);
  assertEquals([code, stdout], [want.code, ""]);
  assertEquals(world.s3.requests.length, want.requests ?? 0);
  return stderr;
}

Deno.test("flatfetch TSLA without keys exits 4, naming where they were looked for", async () => {
  await using world = await World.open([stockFiles()]);
  const stderr = await fails(world, ["TSLA", ...IN_QUARTER], {
    code: 4,
    error: /^❌ Cannot ask the bucket: no S3 credentials were found\. Looked for:$/,
    env: NO_KEYS,
  });
  const places = [
    "MASSIVE_S3_ACCESS_KEY_ID",
    "MASSIVE_FLATFILES_ACCESS_KEY_ID",
    "MASSIVE_S3_ACCESS_KEY",
    "POLYGON_S3_ACCESS_KEY_ID",
    "POLYGON_S3_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "profile massive in ~/.aws/credentials",
    "profile default in ~/.aws/config",
  ];
  for (const place of places) assertEquals(stderr.includes(`\n  ${place}\n`), true, place);
  assertMatch(stderr, /deno task demo$/m);
});

Deno.test("flatfetch TSLA --profile nobody exits 4", async () => {
  await using world = await World.open([stockFiles()]);
  await fails(world, ["TSLA", "--profile", "nobody", ...IN_QUARTER], {
    code: 4,
    error: /^❌ Cannot use the profile "nobody": no file has keys for it\. Looked for:$/,
  });
});

Deno.test("flatfetch TSLA with a wrong secret exits 4 after one request", async () => {
  await using world = await World.open([stockFiles()]);
  await fails(world, ["TSLA", "-p", "5y"], {
    code: 4,
    error: /^❌ Cannot list .*: the server answers HTTP 403 SignatureDoesNotMatch$/,
    env: { MASSIVE_S3_SECRET_ACCESS_KEY: "another-secret-of-forty-characters-00000" },
    requests: 1,
  });
});

Deno.test("flatfetch TSLA with an unknown key exits 4 after one request", async () => {
  await using world = await World.open([stockFiles()]);
  await fails(world, ["TSLA", "-p", "5y"], {
    code: 4,
    error: /^❌ Cannot list .*: the server answers HTTP 403 InvalidAccessKeyId$/,
    env: { MASSIVE_S3_ACCESS_KEY_ID: "ANOTHERKEY0123456789" },
    requests: 1,
  });
});

for (const [days, clock] of [[3, "behind"], [-400, "ahead"]] as const) {
  Deno.test(`flatfetch TSLA with a clock days ${clock} exits 4, and counts no period by it`, async () => {
    const now = () => Date.now() + days * 86_400_000;
    await using world = await World.open([stockFiles()], { now });
    const stderr = await fails(world, ["TSLA", "-p", "5y"], {
      code: 4,
      error: /^❌ Cannot list .*: the server answers HTTP 403 RequestTimeTooSkewed$/,
      requests: 1,
    });
    assertMatch(stderr, /^ {3}Set this machine's clock\.$/m);
    const { code } = await world.run(["TSLA", ...IN_QUARTER]);
    assertEquals(code, 0);
  });
}

Deno.test("flatfetch TSLA --bucket nowhere exits 4 after one request", async () => {
  await using world = await World.open([stockFiles()]);
  await fails(world, ["TSLA", "-p", "5y", "--bucket", "nowhere"], {
    code: 4,
    error: /^❌ Cannot list .*: the server answers HTTP 404 NoSuchBucket$/,
    requests: 1,
  });
});

Deno.test("flatfetch TSLA --endpoint http://… that is not this machine exits 4", async () => {
  await using world = await World.open([]);
  await fails(world, ["TSLA", "--endpoint", "http://files.example"], {
    code: 4,
    error: /^❌ Cannot use the endpoint at "files\.example": want https, found http$/,
  });
  await fails(world, ["TSLA", "--endpoint", "files.example"], {
    code: 4,
    error: /^❌ Cannot use the endpoint: want a URL such as "https:\/\/files\.massive\.com"$/,
  });
});

Deno.test("flatfetch TSLA with nothing listening exits 5", async () => {
  await using world = await World.open([]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await fails(world, ["TSLA", "--endpoint", `http://127.0.0.1:${port}`], {
    code: 5,
    error: /^❌ Cannot list "us_stocks_sip\/.*": the connection to 127\.0\.0\.1:\d+ was refused$/,
  });
});

Deno.test("flatfetch TSLA with a server that answers 500 to listings exits 5", async () => {
  await using world = await World.open([stockFiles()]);
  world.s3.faults.add("internal-error", { listing: "" });
  await fails(world, ["TSLA", "-p", "5y"], {
    code: 5,
    error: /^❌ Cannot list .*InternalError$/,
    requests: 6,
  });
});

for (const command of [[], ["chart"], ["check"]]) {
  const words = [...command, "TSLA", "--offline"].join(" ");
  Deno.test(`flatfetch ${words} before anything is listed exits 5, and sends nobody in a circle`, async () => {
    await using world = await World.open([stockFiles()]);
    const stderr = await fails(world, [...command, "TSLA", "--offline", ...IN_QUARTER], {
      code: 5,
      error: /^❌ Cannot work offline: the bucket was not listed for this period yet$/,
    });
    assertMatch(stderr, /^ {3}Run the same without --offline first\.$/m);
  });
}

Deno.test("flatfetch SPX --asset index says nothing of detecting", async () => {
  await using world = await World.open([stockFiles()]);
  const { stderr } = await world.run(["SPX", "--asset", "index", ...IN_QUARTER]);
  assertMatch(stderr, /^🔍 SPX is an index, using 2025-01-02 to 2025-03-31$/m);
});

Deno.test("flatfetch TSLA while another run works on it exits 75", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = world.load(["TSLA"], {
    ...QUARTER,
    fetch: async (input, init) => {
      if (new Request(input).url.endsWith(".csv.gz")) await released.promise;
      return await world.s3.fetch(input, init);
    },
    reporter: ({ type }) => type === "plan" && reached.resolve(),
  });
  await reached.promise;
  await fails(world, ["TSLA", ...IN_QUARTER], {
    code: 75,
    error: new RegExp(`^❌ Cannot lock ".*/TSLA\\.lock": process ${Deno.pid} holds it$`),
  });
  assertEquals((await world.run(["MSFT", ...IN_QUARTER])).code, 0);
  released.resolve();
  const { bars } = await first;
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).code, 0);
});

Deno.test("flatfetch with a mistake in its arguments exits 2 and says what was meant", async () => {
  await using world = await World.open([]);
  const cases: readonly (readonly [args: string[], error: RegExp])[] = [
    [[], /^❌ Cannot preload: no symbol is given, such as TSLA$/],
    [["TSLA", "--ofline"], /^❌ Unknown option "--ofline": did you mean --offline\?$/],
    [["TSLA", "--start", "2024-01-02"], /^❌ Unknown option "--start": did you mean --from\?$/],
    [["TSLA", "--until=2024-01-02"], /^❌ Unknown option "--until": did you mean --to\?$/],
    [["TSLA", "--out", "a.csv"], /^❌ Unknown option "--out": did you mean --output\?$/],
    [["TSLA", "--threads", "20"], /^❌ Unknown option "--threads": did you mean --concurrency\?$/],
    [["TSLA", "--x"], /^❌ Unknown option "--x": see --help$/],
    [["help", "lst"], /^❌ Unknown command "lst": did you mean list\?$/],
    [["help", "x"], /^❌ Unknown command "x": see --help$/],
    [["TSLA/"], /^❌ Cannot read symbol "TSLA\/": did you mean TSLA\?$/],
    [["progres"], /^❌ Unknown command "progres": did you mean progress\?$/],
    [["TSLA", "-p", "5x"], /^❌ Cannot .*5x/],
    [["TSLA", "-i", "7m"], /^❌ Cannot read interval "7m": want 1m, /],
    [["TSLA", "-j", "0"], /^❌ Cannot .*0/],
    [["clear"], /^❌ Cannot clear: give either symbols or --all$/],
    [["list", "--offline"], /^❌ Cannot use --offline with list/],
  ];
  for (const [args, error] of cases) {
    const stderr = await fails(world, args, { code: 2, error });
    const help = "   Run with --help to see what can be given.\n";
    assertEquals(stderr.endsWith(help), !/did you mean|see --help/.test(stderr), stderr);
  }
});

Deno.test("flatfetch TSLA --cache-dir below a file exits 6", async () => {
  await using world = await World.open([stockFiles()]);
  const file = `${world.home}/file`;
  await Deno.writeTextFile(file, "");
  await fails(world, ["TSLA", ...IN_QUARTER, "--cache-dir", `${file}/cache`], {
    code: 6,
    error: /^❌ Cannot make directory ".*\/file\/cache": /,
  });
  await fails(world, ["TSLA", ...IN_QUARTER, "--cache-dir", file], {
    code: 6,
    error: /^❌ Cannot use cache directory ".*\/file": it is not a directory$/,
  });
});

Deno.test("flatfetch TSLA -o onto a full disk exits 6, and keeps what it has loaded", async () => {
  await using world = await World.open([stockFiles()]);
  const full = `${world.home}/full`;
  // A node of this test's own.
  if (!works("mknod", full, "c", "1", "7")) return;
  await fails(world, ["TSLA", ...IN_QUARTER, "-q", "-o", full], {
    code: 6,
    error: /^❌ Cannot write ".*\/full": No space left on device$/,
    requests: 61,
  });
  const { summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(summary.symbols.TSLA?.cached, true);
});
