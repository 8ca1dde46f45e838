import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseCommand } from "../../../lib/cli/arguments/args.ts";
import { UsageError } from "../../../lib/errors.ts";
import { optionsOf } from "../../../lib/cli/arguments/command_doc.ts";
import { type Command, COMMANDS } from "../../../lib/cli/commands.ts";

const SCREEN = { quiet: false, noColor: false, debug: false };
const PLAIN = { cacheDir: undefined, json: false, ...SCREEN };

const TSLA: Command = {
  name: "preload",
  symbols: ["TSLA"],
  symbolsFile: undefined,
  ...PLAIN,
  request: {
    period: undefined,
    from: undefined,
    to: undefined,
    interval: undefined,
    hours: undefined,
    asset: undefined,
  },
  concurrency: undefined,
  maxMemoryBytes: undefined,
  maxBytesPerSecond: undefined,
  progressEvery: undefined,
  saveEvery: undefined,
  fromLake: undefined,
  dryRun: false,
  yes: false,
  wait: false,
  output: undefined,
  adjust: undefined,
  splitsFile: undefined,
  dividendsFile: undefined,
  isPartial: false,
  fixSplits: false,
  follow: false,
  renamesFile: undefined,
  endpoint: undefined,
  bucket: undefined,
  region: undefined,
  profile: undefined,
  keepLimitBytes: undefined,
  maxAgeMs: undefined,
  refresh: false,
  offline: false,
};

/** The arguments as on a command line without quotes. */
const words = (line: string) => line === "" ? [] : line.split(" ");
const parse = (line: string) => parseCommand(words(line));

function assertParsed(rows: readonly (readonly [line: string, more: object])[]) {
  for (const [line, more] of rows) {
    assertEquals(parse(line) as unknown, { ...TSLA, ...more }, `flatfetch ${line}`);
  }
}

const span = (request: object) => ({ request: { ...TSLA.request, ...request } });

Deno.test("parseCommand() reads every option of chart", () => {
  const { progressEvery: _1, output: _2, json: _3, dryRun: _4, symbolsFile: _5, ...job } =
    TSLA as Extract<
      Command,
      { name: "preload" }
    >;
  const usual = { kind: "candles", width: undefined, height: undefined, html: undefined };
  const chart = { ...job, name: "chart", ...usual };
  const rows = [
    ["chart TSLA", {}],
    ["chart TSLA --line", { kind: "line" }],
    ["chart TSLA --width 100 --height 30", { width: 100, height: 30 }],
    ["chart TSLA --html tsla.html", { html: "tsla.html" }],
    ["chart TSLA --html -", { html: "-" }],
    ["chart TSLA --offline", { offline: true }],
  ] as const;
  for (const [line, more] of rows) assertEquals(parse(line) as unknown, { ...chart, ...more });
});

Deno.test("parseCommand() reads every option of preload", () => {
  assertParsed([
    ["TSLA", {}],
    ["TSLA --period 2y", span({ period: "2y" })],
    ["TSLA --from 2024-01-01", span({ from: "2024-01-01" })],
    ["TSLA --to 2024-12-31", span({ to: "2024-12-31" })],
    ["TSLA --interval 1d", span({ interval: "1d" })],
    ["TSLA --hours regular", span({ hours: "regular" })],
    ["TSLA --asset stock", span({ asset: "stock" })],
    ["TSLA --concurrency 8", { concurrency: 8 }],
    ["TSLA --dry-run", { dryRun: true }],
    ["TSLA --yes", { yes: true }],
    ["TSLA -y", { yes: true }],
    ["TSLA --progress-every 100", { progressEvery: 100 }],
    ["TSLA --save-every 16", { saveEvery: 16 }],
    ["TSLA --wait", { wait: true }],
    ["TSLA --output bars.csv", { output: { kind: "file", path: "bars.csv", format: "csv" } }],
    ["TSLA --output x --format json", { output: { kind: "file", path: "x", format: "json" } }],
    ["TSLA --adjust splits", { adjust: "splits", isPartial: true }],
    ["TSLA --adjust all", { adjust: "all", isPartial: true }],
    ["TSLA --splits s.csv", { adjust: "splits", splitsFile: "s.csv" }],
    ["TSLA --dividends d.csv", { adjust: "all", dividendsFile: "d.csv" }],
    ["TSLA --splits-fix", { adjust: "splits", fixSplits: true }],
    ["TSLA --splits s.csv --adjust all --splits-fix", {
      adjust: "all",
      splitsFile: "s.csv",
      isPartial: true,
      fixSplits: true,
    }],
    ["TSLA --follow", { follow: true }],
    ["TSLA --renames r.csv", { follow: true, renamesFile: "r.csv" }],
    ["TSLA --endpoint http://127.0.0.1:9000", { endpoint: "http://127.0.0.1:9000" }],
    ["TSLA --bucket other", { bucket: "other" }],
    ["TSLA --region eu-west-1", { region: "eu-west-1" }],
    ["TSLA --profile massive", { profile: "massive" }],
    ["TSLA --cache-dir /tmp/c", { cacheDir: "/tmp/c" }],
    ["TSLA --keep-limit 2GiB", { keepLimitBytes: 2 ** 31 }],
    ["TSLA --max-age 90s", { maxAgeMs: 90_000 }],
    ["TSLA --refresh", { refresh: true }],
    ["TSLA --offline", { offline: true }],
    ["TSLA --json", { json: true }],
    ["TSLA --quiet", { quiet: true }],
    ["TSLA --no-color", { noColor: true }],
    ["TSLA --debug", { debug: true }],
  ]);
});

/** What each command needs beside its options. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  preload: ["TSLA", "-o", "x"],
  chart: ["chart", "TSLA"],
  clear: ["clear", "TSLA"],
  completions: ["completions", "bash"],
  check: ["check", "TSLA"],
  export: ["export", "us_stocks_sip/day_aggs_v1", "--into=lake"],
  fleet: ["fleet", "status", "nats://localhost"],
  worker: ["worker", "nats://localhost"],
};

/** What stands beside an option that does not go with those words. */
const WORDS_OF_OPTION: Readonly<Record<string, readonly string[]>> = {
  all: ["clear"],
  split: ["TSLA"],
  output: ["TSLA"],
};

/** What an option is of no use without. */
const BESIDE_OPTION: Readonly<Record<string, readonly string[]>> = {
  expiry: ["--underlying=SPY"],
  strike: ["--underlying=SPY"],
  right: ["--underlying=SPY"],
  "at-once": ["--fleet=nats://localhost"],
  detach: ["--fleet=nats://localhost"],
};

Deno.test("parseCommand() takes every option that a command declares, with its example", () => {
  for (const command of COMMANDS) {
    for (const { name, value } of optionsOf(command)) {
      const isOfPlace = command.name === "check" && /^(into|deep)/.test(name);
      const words = isOfPlace
        ? ["check", "--into=lake"]
        : WORDS_OF_OPTION[name] ?? WORDS[command.name] ?? [command.name];
      const beside = BESIDE_OPTION[name] ?? [];
      const argv = [
        ...words.filter((word) => !word.startsWith(`--${name}=`)),
        ...beside,
        `--${name}`,
        // The shell takes the quotes away.
        ...value === undefined ? [] : [value.example.replaceAll("'", "")],
      ];
      const expected = name === "help" ? "help" : name === "version" ? "version" : command.name;
      assertEquals(parseCommand(argv, ENV).name, expected, argv.join(" "));
    }
  }
});

Deno.test("parseCommand() takes a value behind a space or an equals sign", () => {
  assertParsed([
    ["--period=2y TSLA", span({ period: "2y" })],
    ["-p=2y TSLA", span({ period: "2y" })],
    ["TSLA --endpoint=http://h/?a=b", { endpoint: "http://h/?a=b" }],
    ["TSLA --output=-", { output: { kind: "stdout", format: "csv" } }],
  ]);
});

Deno.test("parseCommand() reads the short forms, together with their values or not", () => {
  assertParsed([
    ["TSLA -p 2y", span({ period: "2y" })],
    ["TSLA -p2y", span({ period: "2y" })],
    ["TSLA -i 1d", span({ interval: "1d" })],
    ["TSLA -j 8", { concurrency: 8 }],
    ["TSLA -j auto", { concurrency: "auto" }],
    ["TSLA --max-memory 64MiB", { maxMemoryBytes: 2 ** 26 }],
    ["TSLA --bwlimit 10M", { maxBytesPerSecond: 10 * 2 ** 20 }],
    ["TSLA --bwlimit 512k", { maxBytesPerSecond: 2 ** 19 }],
    ["TSLA --bwlimit 1.5MB", { maxBytesPerSecond: 1_500_000 }],
    ["TSLA -j8", { concurrency: 8 }],
    ["TSLA -o bars.ndjson", { output: { kind: "file", path: "bars.ndjson", format: "ndjson" } }],
    ["TSLA -obars.json", { output: { kind: "file", path: "bars.json", format: "json" } }],
    ["TSLA -o x.txt -f csv", { output: { kind: "file", path: "x.txt", format: "csv" } }],
    ["TSLA -o x.gz -f csv", { output: { kind: "file", path: "x.gz", format: "csv.gz" } }],
    ["TSLA -o x.json.zst -f JSON.zst", {
      output: { kind: "file", path: "x.json.zst", format: "json.zst" },
    }],
    ["TSLA -o x.csv.gz -f csv", { output: { kind: "file", path: "x.csv.gz", format: "csv.gz" } }],
    ["TSLA -o x.pq -f parquet", { output: { kind: "file", path: "x.pq", format: "parquet" } }],
    ["TSLA -o - -f csv.gz", { output: { kind: "stdout", format: "csv.gz" } }],
    ["TSLA -o x -f ndjson", { output: { kind: "file", path: "x", format: "ndjson" } }],
    ["TSLA -q", { quiet: true }],
    ["TSLA -qj 8", { quiet: true, concurrency: 8 }],
  ]);
});

Deno.test("parseCommand() takes - for standard output", () => {
  const output = { kind: "stdout", format: "csv" };
  assertParsed([
    ["TSLA -o -", { output }],
    ["-o - TSLA", { output }],
    ["TSLA -o-", { output }],
    ["TSLA --output - -f json", { output: { kind: "stdout", format: "json" } }],
  ]);
});

Deno.test("parseCommand() takes --split for a file a symbol, in csv unless told otherwise", () => {
  assertParsed([
    ["TSLA --split bars", { output: { kind: "split", directory: "bars", format: "csv" } }],
    ["TSLA --split=a.json", { output: { kind: "split", directory: "a.json", format: "csv" } }],
    [
      "TSLA --split bars -f parquet",
      { output: { kind: "split", directory: "bars", format: "parquet" } },
    ],
  ]);
});

Deno.test("parseCommand() finds the format by the file's extension", () => {
  const formats = {
    "a.csv": "csv",
    "a.CSV": "csv",
    "a.ndjson": "ndjson",
    "a.jsonl": "ndjson",
    "a.json": "json",
    "a.parquet": "parquet",
    "a.PQ": "parquet",
    "a": "csv",
    "/dev/fd/63": "csv",
    "a.csv.gz": "csv.gz",
    "a.CSV.GZ": "csv.gz",
    "a.ndjson.zst": "ndjson.zst",
    "a.jsonl.gz": "ndjson.gz",
    "a.b.json.gz": "json.gz",
    "a.gz": "csv.gz",
    ".json": "json",
    "a.json/b": "csv",
    "a.d/b": "csv",
    "a/.": "csv",
  };
  for (const [path, format] of Object.entries(formats)) {
    assertParsed([[`TSLA -o ${path}`, { output: { kind: "file", path, format } }]]);
  }
});

Deno.test("parseCommand() takes options before, between and behind the symbols", () => {
  assertParsed([
    ["-j 4 TSLA --quiet AAPL -p 1y", {
      symbols: ["TSLA", "AAPL"],
      concurrency: 4,
      quiet: true,
      ...span({ period: "1y" }),
    }],
  ]);
});

Deno.test("parseCommand() keeps symbols as they were typed", () => {
  const symbols = words(
    "tsla BRK-B ^GSPC EURUSD=X X:BTCUSD O:SPY251219C00650000 NA NAN NULL TRUE INF",
  );
  assertParsed([[symbols.join(" "), { symbols }]]);
});

Deno.test("parseCommand() takes true and false behind a switch for symbols", () => {
  assertParsed([
    ["--quiet true", { symbols: ["true"], quiet: true }],
    ["-q false TSLA", { symbols: ["false", "TSLA"], quiet: true }],
    ["--no-color true", { symbols: ["true"], noColor: true }],
    ["--json TRUE", { symbols: ["TRUE"], json: true }],
  ]);
});

Deno.test("parseCommand() takes LIST for a symbol and list for the command", () => {
  assertParsed([["LIST", { symbols: ["LIST"] }], ["TSLA list", { symbols: ["TSLA", "list"] }]]);
  assertEquals(parse("list"), { name: "list", ...PLAIN });
});

Deno.test("parseCommand() reads progress, clear and list", () => {
  const all = { cacheDir: "d", json: true, quiet: true, noColor: true, debug: true };
  const options = "--cache-dir d --json --quiet --no-color --debug";
  assertEquals(parse("progress"), { name: "progress", symbols: [], ...PLAIN });
  assertEquals(parse(`progress TSLA ${options}`), { name: "progress", symbols: ["TSLA"], ...all });
  assertEquals(parse(`${options} list`), { name: "list", ...all });
  const clear = { name: "clear", symbols: ["TSLA", "AAPL"], all: false, progressOnly: false };
  assertEquals(parse("clear TSLA AAPL") as unknown, { ...clear, ...PLAIN });
  const all2 = { name: "clear", symbols: [], all: true, progressOnly: true, ...PLAIN };
  assertEquals(parse("clear --all --progress-only") as unknown, all2);
});

Deno.test("parseCommand() takes preload for the command's name", () => {
  assertParsed([
    ["preload TSLA", {}],
    ["-q preload TSLA AAPL", { symbols: ["TSLA", "AAPL"], quiet: true }],
    ["PRELOAD", { symbols: ["PRELOAD"] }],
  ]);
});

Deno.test("parseCommand() shows help and version whatever else is there", () => {
  const help = (of?: string, more = {}): Command => ({ name: "help", of, ...SCREEN, ...more });
  assertEquals(parse("--help"), help());
  assertEquals(parse("-qh"), help(undefined, { quiet: true }));
  assertEquals(parse("-h TSLA --all T/L"), help("preload"));
  for (const { name } of COMMANDS) {
    assertEquals(parse(`${name} --help`), help(name));
    assertEquals(parse(`help ${name}`), help(name));
  }
  assertEquals(parse("help"), help());
  assertEquals(parse("--version"), { name: "version", ...SCREEN });
  assertEquals(parse("list --version"), { name: "version", ...SCREEN });
});

Deno.test("parseCommand() takes everything behind -- for symbols", () => {
  assertParsed([["-- TSLA", {}], ["-q -- TSLA list", { symbols: ["TSLA", "list"], quiet: true }]]);
});

Deno.test("parseCommand() takes ~/ for the home directory in every option that has a path", () => {
  const paths = COMMANDS.flatMap((command) =>
    optionsOf(command)
      .filter(({ value }) => value?.completion === "file" || value?.completion === "directory")
      .map(({ name }) => [command.name, name] as const)
  );
  const names = new Set(paths.map(([, name]) => name));
  assertEquals([...names].sort(), [
    "cache-dir",
    "dividends",
    "from-lake",
    "html",
    "nats-creds",
    "output",
    "renames",
    "split",
    "splits",
    "symbols",
  ]);
  for (const [command, name] of paths) {
    const words = ["export", "fleet", "worker"].includes(command)
      ? WORDS[command]!.slice(1)
      : ["preload", "chart", "check"].includes(command)
      ? ["A"]
      : [];
    const more = command === "clear" ? ["--all"] : [];
    const read = (path: string) =>
      JSON.stringify(parseCommand([command, ...words, `--${name}=${path}`, ...more], ENV));
    const line = `${command} --${name}`;
    assertMatch(read("~/x y"), /"\/home\/me\/x y"/, line);
    assertMatch(read("./~/x"), /"\.\/~\/x"/, line);
    assertThrows(() => read("~bob/x"), UsageError, `Cannot use --${name} "~bob/x": only ~/`);
    const homeless = () => parseCommand([command, ...words, `--${name}=~/x`, ...more], {});
    assertThrows(homeless, UsageError, "nothing says where your home directory is");
  }
});

const ENV = { HOME: "/home/me" };
