/** What a run prints where there is no terminal. */

import { assertEquals, assertMatch } from "@std/assert";
import { formatBytes } from "../../lib/deps/std_fmt.ts";
import { interrupted } from "./interrupted.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { OUTPUT_FORMATS } from "../../lib/output/format.ts";
import { type Ended, IN_QUARTER, stockFiles, withoutTimes, World } from "./harness.ts";
import manifest from "../../deno.json" with { type: "json" };

const RULE = "=".repeat(70);

function head(period: string): string[] {
  return [
    `🔍 Auto-detected: TSLA is a stock, using ${period}`,
    "",
    RULE,
    "PRE-LOADING DATA: TSLA",
    `  Period: ${period.replace(" period", "")} | Interval: 1d`,
    RULE,
    "",
  ];
}

function miss({ url }: World, span: string): string[] {
  const { host } = new URL(url);
  return [
    `💹 Cache miss - fetching fresh data for TSLA from ${host}`,
    `📊 Fetching TSLA from S3 at ${host} (${span})...`,
  ];
}

function progress(ends: readonly string[], more = ""): string[] {
  return ends.map((end) => `⏳ Progress: ${end} | Elapsed: … | ETA: …${more}`);
}

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

const QUARTER_HEAD = head("2025-01-02 to 2025-03-31");
const QUARTER_SPAN = "2025-01-02 to 2025-03-31";
const SUCCESS = [
  "✅ SUCCESS: Cached 60 days of TSLA data",
  "   Date range: 2025-01-02 to 2025-03-31",
];

/** The end of a run that has brought some files. */
function done(files: string, keys: readonly string[] = []): string {
  const brought = [...stockFiles()].filter(({ key }) => keys.includes(key));
  const bytes = brought.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return `🏁 Done: ${files}, ${formatBytes(bytes)} downloaded in …`;
}

Deno.test("flatfetch TSLA -p 3mo (first run, in a pipe) tells the run", async () => {
  await using world = await World.open([stockFiles()]);
  const { code, stdout, stderr } = await world.run(["TSLA", "-p", "3mo", "--to", "2025-03-31"]);
  assertEquals(
    withoutTimes(stderr),
    text([
      ...head("3mo period"),
      ...miss(world, "2025-01-01 to 2025-03-31"),
      "📁 Found 60 files to process",
      ...progress(["60/60 files (100.0%)"]),
      ...SUCCESS,
      done("60 files", world.takeGets()),
    ]),
  );
  assertEquals([code, stdout], [0, ""]);
});

Deno.test("flatfetch TSLA --progress-every 50 has a line each 50 files and one at the end", async () => {
  await using world = await World.open([stockFiles()]);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--progress-every", "50"]);
  assertEquals(
    withoutTimes(stderr),
    text([
      ...QUARTER_HEAD,
      ...miss(world, QUARTER_SPAN),
      "📁 Found 60 files to process",
      ...progress(["50/60 files (83.3%)", "60/60 files (100.0%)"]),
      ...SUCCESS,
      done("60 files", world.takeGets()),
    ]),
  );
  assertEquals(code, 0);
});

Deno.test("NO_COLOR=1 flatfetch TSLA says the same without the signs", async () => {
  await using signed = await World.open([stockFiles()]);
  await using plain = await World.open([stockFiles()]);
  const argv = ["TSLA", ...IN_QUARTER];
  const { stderr: withSigns } = await signed.run(argv);
  const { code, stderr } = await plain.run(argv, { env: { NO_COLOR: "1" } });
  const masked = (text: string, { url }: World) =>
    withoutTimes(text).replaceAll(new URL(url).host, "HOST").replaceAll("…", "...");
  assertEquals(masked(stderr, plain), masked(withSigns, signed).replaceAll(/^[^ -~\n]+ /gm, ""));
  assertMatch(stderr, /^[\n -~]*$/);
  assertEquals(code, 0);
  const option = await plain.run([...argv, "--no-color"]);
  assertMatch(option.stderr, /^Cache hit - TSLA: 60 days/m);
});

Deno.test("flatfetch TSLA (resumed) says how many files it skips", async () => {
  await using world = await World.open([stockFiles()]);
  const skipped = (await interrupted(world, { after: 37 })).length;
  world.takeGets();
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--progress-every", "1000"]);
  const rest = 60 - skipped;
  assertEquals(
    withoutTimes(stderr),
    text([
      ...QUARTER_HEAD,
      ...miss(world, QUARTER_SPAN),
      `🔄 Resuming: Skipping ${skipped} already-processed files`,
      "📁 Found 60 files to process",
      ...progress([`${rest}/${rest} files (100.0%)`], ` | Resumed: ${skipped} skipped`),
      ...SUCCESS,
      done(`60 files (${skipped} cached)`, world.takeGets()),
    ]),
  );
  assertEquals(code, 0);
});

Deno.test("flatfetch TSLA (cached) asks the server nothing and says that it is a hit", async () => {
  await using world = await World.open([stockFiles()]);
  await world.run(["TSLA", ...IN_QUARTER]);
  world.s3.clearRequests();
  const env = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
  const { code, stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER], { env });
  assertEquals(
    withoutTimes(stderr),
    text([
      QUARTER_HEAD[0]!,
      "⚡ Cache hit - TSLA: 60 days, 2025-01-02 to 2025-03-31 (checked just now)",
      done("60 files (all cached)"),
    ]),
  );
  assertEquals([code, stdout, world.s3.requests], [0, "", []]);
});

Deno.test("flatfetch says of each file or folder that it has written what is in it", async () => {
  await using world = await World.open([stockFiles()]);
  const out = (name: string) => `${world.home}/${name}`;
  const last = async (...args: string[]) => {
    const { stderr } = await world.run([...args, ...IN_QUARTER]);
    return stderr.trimEnd().split("\n").slice(-2).map((line) => line.replace(/ in \S+$/, ""));
  };
  const end = done("60 files (all cached)").replace(/ in …$/, "");
  await last("TSLA", "AAPL", "BRK-B");
  for (const format of OUTPUT_FORMATS) {
    const path = out(`bars.${format}`);
    const lines = await last("TSLA", "AAPL", "-o", path);
    const size = formatBytes((await Deno.stat(path)).size);
    assertEquals(lines, [`💾 Wrote ${path}: 120 rows, ${size}`, end]);
  }
  const [wrote] = await last("TSLA", "AAPL", "BRK-B", "--split", out("split"));
  const files = Array.from(Deno.readDirSync(out("split")), ({ name }) => out(`split/${name}`));
  const size = formatBytes(files.reduce((sum, path) => sum + Deno.statSync(path).size, 0));
  assertEquals(wrote, `💾 Wrote 3 files to ${out("split")}: 180 rows, ${size}`);
  const [nothing] = await last("TSLX", "-o", out("none.csv"));
  assertEquals(nothing, `📌 Wrote nothing to ${out("none.csv")}: there are no bars`);
  assertEquals(await last("TSLA", "-o", out("q.csv"), "-q"), [""]);
  assertEquals((await last("TSLA", "-o", "-"))[1], end);
});

Deno.test("LANG=C, POSIX and TERM=dumb make every command's words ASCII", async () => {
  await using world = await World.open([stockFiles()]);
  const odd = `${world.home}/données`;
  const commands = [
    [],
    ["TSLA", "TSLX", ...IN_QUARTER, "-o", `${odd}.csv`],
    ["TSLA", ...IN_QUARTER, "--dry-run"],
    ["TSLA", ...IN_QUARTER, "--refresh", "--split", odd],
    ["TSLA", ...IN_QUARTER, "-o", `${odd}.xlsx`],
    ["日本", ...IN_QUARTER],
    ["TSLA", "--splits", `${odd}/none.csv`],
    ["chart", "TSLA", ...IN_QUARTER],
    ["chart", "TSLA", ...IN_QUARTER, "--html", `${odd}.html`],
    ["check", "TSLA", "AAPL", ...IN_QUARTER],
    ["doctor"],
    ["list"],
    ["progress"],
    ["help"],
    ...COMMANDS.map(({ name }) => ["help", name]),
    ...["bash", "zsh", "fish", "powershell"].map((shell) => ["completions", shell]),
    ["clear", "TSLA"],
    ["clear", "--all", "--yes"],
  ];
  const some = commands.slice(1, 3);
  for (
    const [env, lines] of [
      [{ LANG: "C" }, commands],
      [{ LC_ALL: "POSIX", LANG: "en_US.UTF-8" }, some],
      [{ TERM: "dumb" }, some],
    ] as const
  ) {
    for (const argv of lines) {
      const { stdout, stderr } = await world.run(argv, { env });
      assertMatch(stderr + stdout, /^[\n -~]*$/, argv.join(" "));
    }
  }
});

Deno.test("flatfetch TSLA --quiet prints nothing but an error", async () => {
  await using world = await World.open([stockFiles()]);
  assertEquals(await world.run(["TSLA", ...IN_QUARTER, "--quiet"]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const wrong = { MASSIVE_S3_SECRET_ACCESS_KEY: "another-secret-of-forty-characters-00000" };
  const { code, stderr } = await world.run(["TSLA", "--refresh", "-q"], { env: wrong });
  assertMatch(stderr, /^❌ Cannot list "us_stocks_sip\/[^\n]*\n {3}Check the secret key[^\n]*\n$/);
  assertEquals(code, 4);
});

Deno.test("flatfetch --quiet says what is missing, and nothing else", async () => {
  const files = stockFiles();
  const quietly = async (prepare: (world: World) => void, args: readonly string[]) => {
    await using world = await World.open([files]);
    prepare(world);
    const { code, stderr } = await world.run([...args, ...IN_QUARTER, "-q"]);
    return [code, ...stderr.trimEnd().split("\n")];
  };
  const [first, last] = [files.dates[0]!, files.dates.at(-1)!];
  assertEquals(
    await quietly(({ s3 }) => s3.faults.add("bit-flip", { key: files.keyOf(first) }), ["TSLA"]),
    [
      3,
      "❌ 1 file failed, to be tried again by the next run:",
      `   its MD5 differs from the listing's: ${first} (1 file)`,
      "🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
      `   Date range: ${files.dates[1]} to ${last}`,
    ],
  );
  assertEquals(
    await quietly(({ s3 }) => s3.faults.add("access-denied", { key: /2025-01-\d+\.csv/ }), [
      "TSLA",
    ]),
    [
      3,
      `🔒 not included in your plan: ${first} … 2025-01-31 (20 files)`,
      "   Run with --from 2025-02-03 for what your plan includes.",
      "🔶 INCOMPLETE: Cached 40 days of TSLA data, 20 files missing",
      `   Date range: 2025-02-03 to ${last}`,
    ],
  );
  assertEquals(await quietly(() => {}, ["TSLA", "TSLX"]), [
    7,
    "❓ No data: TSLX is in none of the 60 files; did you mean TSLA?",
  ]);
  const [code, ...lines] = await quietly(() => {}, ["chart", "TSLX"]);
  assertEquals([code, lines.length], [7, 1]);
});

Deno.test("flatfetch TSLA --json prints one summary with every documented field", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const refused = files.dates[7]!;
  world.s3.faults.add("access-denied", { key: files.keyOf(refused) });
  const first = await world.run(["TSLA", ...IN_QUARTER, "--json"]);
  const summary = JSON.parse(first.stdout);
  const sizes = [...files].filter(({ date }) => date !== refused)
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
  const symbol = {
    dataset: "us_stocks_sip/day_aggs_v1",
    ticker: "TSLA",
    interval: "1d",
    bars: 59,
    files: 59,
    missing: 1,
    from: "2025-01-02",
    to: "2025-03-31",
    cached: false,
  };
  assertEquals({ ...summary, elapsedMs: 0, failures: summary.failures.map(withoutMessage) }, {
    symbols: { TSLA: symbol },
    files: {
      listed: 60,
      recorded: 0,
      fromStore: 0,
      fromLake: 0,
      downloaded: 59,
      failed: 0,
      refused: 1,
      md5Checked: 59,
    },
    bytesDownloaded: sizes,
    requests: 61,
    elapsedMs: 0,
    failures: [{
      key: files.keyOf(refused),
      date: refused,
      cause: "not included in your plan",
    }],
    complete: false,
  });
  assertEquals([first.code, Number.isInteger(summary.elapsedMs)], [3, true]);
  world.s3.faults.clear();
  await world.run(["TSLA", ...IN_QUARTER]);
  const hit = JSON.parse((await world.run(["TSLA", ...IN_QUARTER, "--json", "-q"])).stdout);
  assertEquals({ ...hit, elapsedMs: 0 }, {
    symbols: { TSLA: { ...symbol, bars: 60, files: 60, missing: 0, cached: true } },
    files: {
      listed: 60,
      recorded: 60,
      fromStore: 0,
      fromLake: 0,
      downloaded: 0,
      failed: 0,
      refused: 0,
      md5Checked: 0,
    },
    bytesDownloaded: 0,
    requests: 0,
    elapsedMs: 0,
    failures: [],
    complete: true,
  });
});

function withoutMessage({ message, ...failure }: { message: string }) {
  assertMatch(message, /^Cannot download "us_stocks_sip\/.*AccessDenied/);
  return failure;
}

Deno.test("flatfetch --help names every command, help preload every option and exit code", async () => {
  await using world = await World.open([]);
  const overview = await world.run(["--help"]);
  assertNames(overview, "TSLA preload chart progress clear list help --help --version");
  const words =
    "--period --from --to --interval --concurrency --max-memory --progress-every --save-every " +
    "--wait --output --format --endpoint --bucket --region --profile --cache-dir --keep-limit " +
    "--refresh --offline --max-age --json --quiet --no-color --debug --help --version " +
    "0 1 2 3 4 5 6 7 75 130 143";
  const help = await world.run(["help", "preload"]);
  assertNames(help, words);
  assertEquals(await world.run(["TSLA", "--help"]), help);
});

function assertNames({ code, stdout, stderr }: Ended, words: string) {
  assertEquals([code, stderr], [0, ""]);
  for (const word of words.split(" ")) {
    assertMatch(stdout, new RegExp(`(^|[\\s,])${word}\\b`, "m"));
  }
}

Deno.test("flatfetch help with a word that is no command exits 2", async () => {
  await using world = await World.open([]);
  const near = await world.run(["help", "progres"]);
  assertEquals([near.code, near.stdout], [2, ""]);
  assertMatch(near.stderr, /^❌ Unknown command "progres": did you mean progress\?\n/);
  const far = await world.run(["help", "TSLA"]);
  assertMatch(far.stderr, /^❌ Unknown command "TSLA": see --help\n/);
});

Deno.test("flatfetch --version shows the version", async () => {
  await using world = await World.open([]);
  const version = await world.run(["--version"]);
  assertEquals(version, { code: 0, stdout: `flatfetch ${manifest.version}\n`, stderr: "" });
});
