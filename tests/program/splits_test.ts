/** Splits by the command line. */

import {
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { FakeRest, type RunningRest, serveRest } from "../../fixtures/rest_server.ts";
import { SPLIT_ROWS, SPLIT_SPAN, splitFiles } from "../../fixtures/split_files.ts";
import { type Ended, filesUnder, World } from "./harness.ts";

const KEY = "CANARY_rest_key_0123456789";
const IN_SPAN = ["--from", SPLIT_SPAN.from, "--to", SPLIT_SPAN.to];

/** Dividends of TSLA that never were. */
const DIVIDENDS = [
  { ticker: "TSLA", ex_dividend_date: "2022-08-24", cash_amount: 8.89 },
  { ticker: "TSLA", ex_dividend_date: "2022-08-26", cash_amount: 29.607, currency: "USD" },
  { ticker: "TSLA", ex_dividend_date: "2022-08-26", cash_amount: 1, currency: "CAD" },
];

/** The program over a bucket and a REST API; the key must be nowhere in output and cache. */
class SplitWorld implements AsyncDisposable {
  readonly rest = new FakeRest({ key: KEY, splits: SPLIT_ROWS, dividends: DIVIDENDS });
  readonly world: World;
  readonly #server: RunningRest = serveRest(this.rest);

  private constructor(world: World) {
    this.world = world;
  }

  static async open(): Promise<SplitWorld> {
    const world = await World.open([]);
    for (const { key, bytes } of splitFiles()) world.s3.objects.put(key, bytes);
    return new SplitWorld(world);
  }

  async run(args: readonly string[], env: Record<string, string | undefined> = {}): Promise<Ended> {
    const place = { MASSIVE_API_ENDPOINT: this.#server.url, MASSIVE_API_KEY: KEY };
    const ended = await this.world.run([...args, ...IN_SPAN], { env: { ...place, ...env } });
    assertNotMatch(ended.stdout + ended.stderr, /CANARY_rest/i);
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    for await (const path of filesUnder(this.world.cache)) {
      assertNotMatch(path + await Deno.readTextFile(path), /CANARY_rest/i);
    }
    await this.world[Symbol.asyncDispose]();
  }
}

const HEADER = "symbol,date,timestamp,open,high,low,close,volume,transactions";
const AFTER = [
  "TSLA,2022-08-25,2022-08-25T04:00:00Z,302.36,303,290,296.07,900,7",
  "TSLA,2022-08-26,2022-08-26T04:00:00Z,297,302,288,288,900,7",
];
const AS_THEY_ARE = [
  HEADER,
  "TSLA,2022-08-23,2022-08-23T04:00:00Z,893,900,880,889,300,7",
  "TSLA,2022-08-24,2022-08-24T04:00:00Z,893,905,886,891.29,600,7",
  ...AFTER,
  "",
].join("\n");
const ADJUSTED = [
  HEADER,
  `TSLA,2022-08-23,2022-08-23T04:00:00Z,${[893, 900, 880, 889].map((price) => price / 3)},900,7`,
  `TSLA,2022-08-24,2022-08-24T04:00:00Z,${
    [893, 905, 886, 891.29].map((price) => price / 3)
  },1800,7`,
  ...AFTER,
  "",
].join("\n");

const WARNING = "❗ TSLA jumps as at a split on 2022-08-25 (3:1); prices are not adjusted " +
  "(--adjust splits does)";

Deno.test("flatfetch TSLA warns of the jump once, and gives the vendor's prices", async () => {
  await using place = await SplitWorld.open();
  const { code, stdout, stderr } = await place.run(["TSLA", "-o", "-"]);
  assertEquals([code, stdout], [0, AS_THEY_ARE]);
  const warnings = stderr.split("\n").filter((line) => line.includes("jumps"));
  assertEquals(warnings, [WARNING]);
  assertNotMatch((await place.run(["MSFT"])).stderr, /jumps/);
  assertEquals(place.rest.requests, []);
});

Deno.test("flatfetch TSLA --adjust splits -o - writes adjusted bars, asking once a day", async () => {
  await using place = await SplitWorld.open();
  for (let run = 0; run < 2; run++) {
    const { code, stdout, stderr } = await place.run(["TSLA", "--adjust", "splits", "-o", "-"]);
    assertEquals([code, stdout], [0, ADJUSTED]);
    assertNotMatch(stderr, /jumps/);
  }
  const offline = ["TSLA", "--adjust", "splits", "--offline", "-o", "-"];
  assertEquals((await place.run(offline, { MASSIVE_API_KEY: undefined })).stdout, ADJUSTED);
  assertEquals(place.rest.requests.length, 1);
  const plain = await place.run(["TSLA", "--offline", "-o", "-"]);
  assertEquals(plain.stdout, AS_THEY_ARE);
});

Deno.test("flatfetch TSLA --adjust splits --json says which splits were applied", async () => {
  await using place = await SplitWorld.open();
  const { stdout } = await place.run(["TSLA", "MSFT", "--adjust", "splits", "--json"]);
  const { TSLA, MSFT } = JSON.parse(stdout).symbols;
  assertEquals(TSLA.adjusted, [{ executionDate: "2022-08-25", from: 1, to: 3 }]);
  assertEquals(MSFT.adjusted, []);
  const plain = JSON.parse((await place.run(["TSLA", "--json"])).stdout).symbols.TSLA;
  assertEquals(Object.hasOwn(plain, "adjusted"), false);
});

Deno.test("flatfetch TSLA --splits FILE adjusts by the file alone", async () => {
  await using place = await SplitWorld.open();
  const file = `${place.world.home}/splits.csv`;
  await Deno.writeTextFile(file, "from,to,date,ticker\n1,3,2022-08-25,TSLA\n");
  const args = ["TSLA", "--splits", file, "-o", "-"];
  const { code, stdout } = await place.run(args, { MASSIVE_API_KEY: undefined });
  assertEquals([code, stdout, place.rest.requests], [0, ADJUSTED, []]);
  await Deno.writeTextFile(file, "from,to,date,ticker\n1,3,2022-08-25\n");
  const wrong = await place.run(args);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, `"${file}", line 2: found 3 fields, want 4`);
  assertEquals((await place.run(["TSLA", "--splits", `${file}.gone`])).code, 2);
});

Deno.test("flatfetch TSLA --adjust splits without a key exits 4 and downloads nothing", async () => {
  await using place = await SplitWorld.open();
  const args = ["TSLA", "--adjust", "splits", "--debug"];
  const missing = await place.run(args, { MASSIVE_API_KEY: undefined });
  assertEquals(missing.code, 4);
  assertMatch(missing.stderr, /no key was found\. Looked for: MASSIVE_API_KEY, POLYGON_API_KEY/);
  assertMatch(
    missing.stderr,
    /^ {3}Set one of them, or give files that have all: --splits FILE, and /m,
  );
  const wrong = { MASSIVE_API_KEY: undefined, POLYGON_API_KEY: "CANARY_rest_wrong" };
  const refused = await place.run(args, wrong);
  assertEquals(refused.code, 4);
  assertMatch(refused.stderr, /the server refuses the key in "POLYGON_API_KEY" \(HTTP 401\)/);
  for (const endpoint of ["http://api.example", "https://CANARY_rest@api.example", "CANARY_rest"]) {
    assertEquals((await place.run(args, { MASSIVE_API_ENDPOINT: endpoint })).code, 4, endpoint);
  }
  assertEquals(place.world.takeGets(), []);
});

Deno.test("flatfetch TSLA --adjust splits (a REST API that fails) tells and exits by cause", async () => {
  await using place = await SplitWorld.open();
  const args = ["TSLA", "--adjust", "splits", "-o", "-"];
  const rows = [
    ["internal-error", 5, "HTTP 500"],
    ["not-found", 4, "HTTP 404"],
    ["web-page", 5, "it is a web page"],
    ["foreign-next", 5, 'the next page is at the host "elsewhere.example"'],
  ] as const;
  for (const [fault, code, message] of rows) {
    place.rest.spoil(...Array.from({ length: 6 }, () => fault));
    const ended = await place.run(args);
    assertEquals([ended.code, ended.stdout], [code, ""], fault);
    assertStringIncludes(ended.stderr, message);
    place.rest.heal();
  }
  place.rest.spoil("throttled", "cut");
  const ended = await place.run(args);
  assertEquals([ended.code, ended.stdout], [0, ADJUSTED]);
  assertMatch(ended.stderr, /Retrying \/stocks\/v1\/splits in .*HTTP 429/);
});

Deno.test("flatfetch clear TSLA forgets its splits too", async () => {
  await using place = await SplitWorld.open();
  await place.run(["TSLA", "--adjust", "splits"]);
  await place.world.run(["clear", "TSLA"]);
  await place.run(["TSLA", "--adjust", "splits"]);
  assertEquals(place.rest.requests.length, 2);
});

/** What is said besides how the run went. */
const saidOf = ({ stderr }: Ended) => stderr.split("\n").filter((line) => /^(❗|📐)/.test(line));

const fileIn = async ({ world }: SplitWorld, text: string) => {
  const path = `${world.home}/splits.csv`;
  await Deno.writeTextFile(path, text);
  return path;
};

const EARLY = "ticker,date,ratio\nTSLA,2022-08-24,3:1\n";
const EARLY_SAID = [
  "❗ TSLA: 2022-08-24: the split 3:1 is applied, but the price goes from 889 to 893, and jumps so " +
  "on 2022-08-25",
  "❗ TSLA: 2022-08-25: the price jumps as at a split of 3:1, which no split explains",
];

Deno.test("flatfetch TSLA --splits FILE (a day early) tells each once, in --json, in check and on the page", async () => {
  await using place = await SplitWorld.open();
  const splits = ["--splits", await fileIn(place, EARLY)];
  for (let run = 0; run < 2; run++) {
    const ended = await place.run(["TSLA", ...splits, "--json"]);
    assertEquals([ended.code, saidOf(ended)], [0, [
      ...EARLY_SAID,
      "📐 TSLA: adjusted for 1 split",
    ]]);
    const { findings } = JSON.parse(ended.stdout).symbols.TSLA;
    assertEquals(
      findings.map((one: Record<string, unknown>) => [one.kind, one.dates, one.ratio]),
      [
        ["split-without-jump", ["2022-08-24"], "3:1"],
        ["split-like-jump", ["2022-08-25"], "3:1"],
      ],
    );
    const check = await place.run(["check", "TSLA", ...splits, "--json"]);
    const keyless = JSON.parse(check.stdout).symbols.TSLA.findings
      .map(({ key: _, ...finding }: { key: string }) => finding);
    assertEquals([check.code, keyless], [3, findings]);
    assertMatch(
      (await place.run(["check", "TSLA", ...splits])).stdout,
      /warning +the split 3:1 is/,
    );
    const page = await place.run(["chart", "TSLA", ...splits, "--html", "-"]);
    assertMatch(page.stdout, /"date":"2022-08-24","kind":"split","text":"split 3:1"/);
    assertMatch(page.stdout, /"date":"2022-08-24","kind":"split-without-jump"/);
    assertMatch(page.stdout, /"date":"2022-08-25","kind":"split-like-jump"/);
    assertStringIncludes(page.stdout, "Prices adjusted for splits.");
  }
  assertEquals(place.rest.requests, []);
});

/** What run, check, --json and page say of a split whose day is outside of a span, or at its start. */
const OUTSIDE: readonly (readonly [
  what: string,
  splits: string,
  span: readonly [from: string, to: string],
  unseen: readonly string[],
  seen: readonly string[],
])[] = [
  ["behind them, a day late", "TSLA,2022-08-26,3:1", ["2022-08-23", "2022-08-24"], [
    "split-unchecked 2022-08-26: the split 3:1 is applied unchecked: no prices right before and " +
    "after are at hand",
  ], [
    "split-like-jump 2022-08-25: the price jumps as at a split of 3:1, which no split explains",
    "split-without-jump 2022-08-26: the split 3:1 is applied, but the price goes from 296.07 to " +
    "297, and jumps so on 2022-08-25",
  ]],
  ["behind them, and right", "TSLA,2022-08-25,3:1", ["2022-08-23", "2022-08-24"], [
    "split-unchecked 2022-08-25: the split 3:1 is applied unchecked: no prices right before and " +
    "after are at hand",
  ], []],
  ["a day late, with its jump before them", "TSLA,2022-08-26,3:1", ["2022-08-25", "2022-08-26"], [
    "split-without-jump 2022-08-26: the split 3:1 is applied, but the price goes from 296.07 to 297",
  ], [
    "split-without-jump 2022-08-26: the split 3:1 is applied, but the price goes from 296.07 to " +
    "297, and jumps so on 2022-08-25",
  ]],
  ["before them", "TSLA,2022-08-24,3:1", ["2022-08-25", "2022-08-26"], [], []],
];

for (const [what, splits, [from, to], unseen, seen] of OUTSIDE) {
  Deno.test(`flatfetch TSLA --splits FILE of a split outside of the bars, ${what}, looks at what is cached`, async () => {
    await using place = await SplitWorld.open();
    const file = await fileIn(place, `ticker,date,ratio\n${splits}\n`);
    const args = ["TSLA", "--splits", file, "--from", from, "--to", to];
    for (const want of [unseen, seen]) {
      const { stdout } = await place.world.run([...args, "--json"]);
      const { findings = [] } = JSON.parse(stdout).symbols.TSLA;
      const said = findings.map(({ kind, dates, text }: Record<string, unknown>) =>
        `${kind} ${dates}: ${text}`
      );
      assertEquals(said, want);
      const check = await place.world.run(["check", ...args, "--json"]);
      const keyless = JSON.parse(check.stdout).symbols.TSLA.findings
        .map(({ key: _, ...finding }: { key: string }) => finding);
      assertEquals(keyless, findings);
      const { stdout: page } = await place.world.run(["chart", ...args, "--html", "-"]);
      for (const { kind, dates } of findings) {
        assertStringIncludes(page, `"date":"${dates[0]}","kind":"${kind}"`);
      }
      await place.run(["TSLA"]);
    }
  });
}

Deno.test("flatfetch TSLA --splits FILE --splits-fix moves a split to where the price jumps, and says so", async () => {
  await using place = await SplitWorld.open();
  const options = ["--splits", await fileIn(place, EARLY), "--splits-fix"];
  const ended = await place.run(["TSLA", ...options, "-o", "-"]);
  assertEquals([ended.code, ended.stdout, saidOf(ended)], [0, ADJUSTED, [
    "❗ TSLA: 2022-08-24: the split 3:1 is applied on 2022-08-25 instead, where the price jumps so",
    "📐 TSLA: adjusted for 1 split",
  ]]);
  const { adjusted } =
    JSON.parse((await place.run(["TSLA", ...options, "--json"])).stdout).symbols.TSLA;
  const correctedFrom = { executionDate: "2022-08-24", from: 1, to: 3 };
  assertEquals(adjusted, [{ executionDate: "2022-08-25", from: 1, to: 3, correctedFrom }]);
  assertEquals((await place.run(["check", "TSLA", ...options])).code, 0);
});

Deno.test("flatfetch TSLA --adjust splits --splits FILE lets the file's dates go first", async () => {
  await using place = await SplitWorld.open();
  place.rest.splits = [{ ...SPLIT_ROWS[0], execution_date: "2022-08-24" }];
  const early = await place.run(["TSLA", "--adjust", "splits"]);
  assertEquals(saidOf(early).slice(0, 2), EARLY_SAID);
  const file = await fileIn(place, "ticker,date,ratio\nTSLA,2022-08-24,1:1\nTSLA,2022-08-25,3\n");
  const right = ["TSLA", "--adjust", "splits", "--splits", file];
  const ended = await place.run([...right, "-o", "-"]);
  assertEquals([ended.stdout, saidOf(ended)], [ADJUSTED, ["📐 TSLA: adjusted for 1 split"]]);
  assertEquals((await place.run(["check", ...right])).code, 0);
  assertEquals((await place.run(["check", "TSLA", "--adjust", "splits"])).code, 3);
  assertEquals((await place.run(["check", "TSLA"])).code, 0);
});

Deno.test("flatfetch TSLA --splits FILE reads what yfinance writes, of one symbol alone", async () => {
  await using place = await SplitWorld.open();
  const file = await fileIn(
    place,
    "Date,Dividends,Stock Splits\n2022-08-25 00:00:00-04:00,0.0,3.0\n",
  );
  assertEquals((await place.run(["TSLA", "--splits", file, "-o", "-"])).stdout, ADJUSTED);
  const several = await place.run(["TSLA", "MSFT", "--splits", file]);
  assertEquals(several.code, 2);
  assertStringIncludes(
    several.stderr,
    "for 2 symbols: it has no column ticker, so it is one stock's",
  );
});

Deno.test("flatfetch TSLA --adjust all takes dividends out of prices, not of volumes, and says so", async () => {
  await using place = await SplitWorld.open();
  const ended = await place.run(["TSLA", "--adjust", "all", "--json"]);
  assertEquals([ended.code, saidOf(ended)], [0, [
    "❗ TSLA: 2022-08-26: the dividend of 1 CAD is not applied: prices are in USD",
    "📐 TSLA: adjusted for 1 split and 2 dividends",
  ]]);
  const { adjusted, dividends } = JSON.parse(ended.stdout).symbols.TSLA;
  assertEquals(adjusted, [{ executionDate: "2022-08-25", from: 1, to: 3 }]);
  assertEquals(dividends, [
    { exDate: "2022-08-24", factor: 0.99, amount: 8.89, close: 889, types: [""] },
    { exDate: "2022-08-26", factor: 0.9, amount: 29.607, close: 296.07, types: [""] },
  ]);
  const { stdout } = await place.run(["TSLA", "--adjust", "all", "-o", "-"]);
  const rows = stdout.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
  assertEquals(rows.map((cells) => cells[7]), [900, 1800, 900, 900]);
  const closes = [889 / 3 * (0.9 * 0.99), 891.29 / 3 * 0.9, 296.07 * 0.9, 288];
  rows.forEach((cells, i) => assertAlmostEquals(cells[6]!, closes[i]!, 1e-9));
  const page = await place.run(["chart", "TSLA", "--adjust", "all", "--html", "-"]);
  assertMatch(
    page.stdout,
    /"date":"2022-08-26","kind":"dividend","text":"dividend of 29.607 USD, fa/,
  );
  const offline = await place.run(["TSLA", "--adjust", "all", "--offline", "-o", "-"]);
  assertEquals([offline.stdout, place.rest.requests.length], [stdout, 2]);
});

Deno.test("flatfetch TSLA --dividends FILE takes yfinance's amounts for a share of today", async () => {
  await using place = await SplitWorld.open();
  const file = await fileIn(
    place,
    "Date,Dividends,Stock Splits\n2022-08-24 00:00:00-04:00,2.963333333333333,0.0\n" +
      "2022-08-25 00:00:00-04:00,0.0,3.0\n",
  );
  const argv = ["TSLA", "--dividends", file, "--splits", file, "--json"];
  const { stdout } = await place.run(argv, { MASSIVE_API_KEY: undefined });
  const { adjusted, dividends } = JSON.parse(stdout).symbols.TSLA;
  assertEquals([adjusted.length, dividends.length, place.rest.requests], [1, 1, []]);
  assertAlmostEquals(dividends[0].factor, 0.99, 1e-12);
});

Deno.test("flatfetch and check --splits, --dividends or --renames FILE (no row of a symbol) say so in a line", async () => {
  await using place = await SplitWorld.open();
  const env = { MASSIVE_API_KEY: undefined };
  const files = {
    "--splits": ["splits", "ticker,date,ratio\nTSLAA,2022-08-25,3:1\nBRKB,2022-08-25,3:1\n"],
    "--dividends": ["dividends", "ticker,date,amount\nTSLAA,2022-08-25,1\nBRKB,2022-08-24,2\n"],
    "--renames": ["renames", "date,old,new\n2022-08-24,A,TSLAA\n2022-08-24,,BRKB\n"],
  } as const;
  const none = await fileIn(place, "ticker,date,ratio\n");
  await Deno.rename(none, `${none}.none`);
  for (const [option, [what, text]] of Object.entries(files)) {
    const file = await fileIn(place, text);
    const others = option === "--dividends" ? ["--splits", `${none}.none`] : [];
    const want =
      `📌 ${what} of "${file}": none of the 2 rows is of a symbol that is asked for, but ` +
      "of TSLAA, BRKB";
    for (const command of [["TSLA"], ["check", "TSLA"], ["check", "TSLA", "--json", "--quiet"]]) {
      const { stderr } = await place.run([...command, option, file, ...others], env);
      assertEquals(stderr.split("\n").filter((line) => line.includes("asked for")), [want]);
    }
    const matching = await fileIn(place, text.replace("BRKB", "TSLA"));
    const { stderr } = await place.run(["TSLA", option, matching, ...others], env);
    assertNotMatch(stderr, /asked for/);
  }
});
