import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseCommand } from "../../../lib/cli/arguments/args.ts";
import { optionsOf } from "../../../lib/cli/arguments/command_doc.ts";
import { COMMANDS, OPTIONS } from "../../../lib/cli/commands.ts";
import { alternatives } from "../../../lib/errors.ts";
import { OUTPUT_FORMATS } from "../../../lib/output/format.ts";
import { UsageError } from "../../../mod.ts";

/** The arguments as on a command line without quotes. */
const words = (line: string) => line === "" ? [] : line.split(" ");

function assertRefused(rows: readonly (readonly [line: string, message: string])[]) {
  for (const [line, message] of rows) {
    const error = assertThrows(
      () => parseCommand(words(line)),
      UsageError,
      undefined,
      `flatfetch ${line}`,
    );
    assertEquals(error.message, message, `flatfetch ${line}`);
  }
}

function unreadable(found: string): string {
  return `Cannot read symbol ${found}: want one such as TSLA, BRK-B, BTC-USD, EURUSD=X, ` +
    "^GSPC or O:SPY251219C00650000";
}

Deno.test("parseCommand() takes nothing behind -- for an option", () => {
  assertRefused([
    ["-- -p5y", 'Cannot read symbol "-p5y": did you mean p5y?'],
    ["-- --_", unreadable('"--_"')],
    ["TSLA -- --quiet", 'Cannot read symbol "--quiet": did you mean quiet?'],
  ]);
});

Deno.test("parseCommand() refuses a value for every option that takes none", () => {
  for (const { name, short } of OPTIONS.filter(({ value }) => value === undefined)) {
    const message = (value: string) => `--${name} takes no value: found "${value}"`;
    for (const value of ["no", "false", "true", "0", "", "a=b"]) {
      assertRefused([[`TSLA --${name}=${value}`, message(value)]]);
      if (short !== undefined) assertRefused([[`-${short}=${value} TSLA`, message(value)]]);
    }
  }
  assertRefused([
    ["TSLA -qy=no", '--yes takes no value: found "no"'],
    ["TSLA -qxy=no", 'Unknown option "-qxy": see --help'],
  ]);
});

Deno.test("parseCommand() refuses symbols that are numbers", () => {
  for (const text of ["007", "1e5", "0x10", "2024", "1.5"]) {
    const found = words(text);
    assertThrows(() => parseCommand(found), UsageError, `Cannot read symbol "${text}"`);
  }
});

Deno.test("parseCommand() suggests the symbol that was likely meant", () => {
  assertRefused([
    ["BTC_USD", 'Cannot read symbol "BTC_USD": did you mean BTC-USD?'],
    ["BRK/B", 'Cannot read symbol "BRK/B": did you mean BRK-B?'],
    ["$TSLA", 'Cannot read symbol "$TSLA": did you mean TSLA?'],
    ["TSLA;", 'Cannot read symbol "TSLA;": did you mean TSLA?'],
    ["BAC^B", 'Cannot read symbol "BAC^B": did you mean BAC-PB?'],
    ["BAC/PRB", 'Cannot read symbol "BAC/PRB": did you mean BAC-PB?'],
    ["AAC+", 'Cannot read symbol "AAC+": did you mean AAC-WT?'],
    ["AAC=", 'Cannot read symbol "AAC=": did you mean AAC-UN?'],
    ["NASDAQ:AAPL", 'Cannot read symbol "NASDAQ:AAPL": did you mean AAPL?'],
    ["NYSE:BRK.B", 'Cannot read symbol "NYSE:BRK.B": did you mean BRK.B?'],
    ["AAPL:US", 'Cannot read symbol "AAPL:US": did you mean AAPL?'],
    ["O:SPY", `Cannot read symbol "O:SPY": did you mean 'O:SPY:*'?`],
    ["SPY251219C652.5", 'Cannot read symbol "SPY251219C652.5": did you mean .SPY251219C652.5?'],
    ["O:SPY251219C650", 'Cannot read symbol "O:SPY251219C650": did you mean .SPY251219C650?'],
    ["BAC/PRB", 'Cannot read symbol "BAC/PRB": did you mean BAC-PB?'],
    ["TSLA,AA/L", 'Cannot read symbol "AA/L": did you mean AA-L?'],
    [",", "Cannot preload: no symbol is given, such as TSLA"],
  ]);
});

Deno.test("parseCommand() refuses to adjust for anything but splits, or all", () => {
  assertRefused([
    ["TSLA --adjust dividends", 'Cannot adjust for "dividends": want splits or all'],
    [
      "TSLA --adjust splits --dividends d.csv",
      "Cannot use --dividends with --adjust splits: want --adjust all",
    ],
    ["TSLA --adjust", "--adjust wants a value, such as splits"],
    ["TSLA --splits", "--splits wants a value, such as splits.csv"],
    [
      "list --splits s.csv",
      "Cannot use --splits with list: it belongs to flatfetch SYMBOL…, chart, check",
    ],
  ]);
});

Deno.test("parseCommand() suggests the option that was likely meant", () => {
  assertRefused([
    ["TSLA --perid 5y", 'Unknown option "--perid": did you mean --period?'],
    ["TSLA --concurency=8", 'Unknown option "--concurency": did you mean --concurrency?'],
    ["TSLA --PERIOD 5y", 'Unknown option "--PERIOD": did you mean --period?'],
    ["TSLA --no-colour", 'Unknown option "--no-colour": did you mean --no-color?'],
    ["TSLA --ofline", 'Unknown option "--ofline": did you mean --offline?'],
    ["TSLA --form 2024-01-01", 'Unknown option "--form": did you mean --from?'],
    ["TSLA --ot 2024-01-01", 'Unknown option "--ot": did you mean --to?'],
    ["TSLA --slpit bars", 'Unknown option "--slpit": did you mean --split?'],
    ["TSLA --nothing-like-it", 'Unknown option "--nothing-like-it": see --help'],
    ["TSLA -z", 'Unknown option "-z": see --help'],
  ]);
});

Deno.test("parseCommand() suggests none but an option of the command", () => {
  for (const command of COMMANDS) {
    const own = optionsOf(command).map(({ name }) => name);
    for (const { name } of OPTIONS) {
      const near = `--${name.slice(0, -1)}`;
      if (OPTIONS.some((option) => near === `--${option.name}`)) continue;
      for (
        const argv of [[command.name, near], [near, command.name], [command.name, `${near}=1`]]
      ) {
        const { message } = assertThrows(() => parseCommand(argv), UsageError);
        const meant = /did you mean --(.*)\?$/.exec(message)?.[1];
        assert(meant === undefined || own.includes(meant), `${argv.join(" ")}: ${message}`);
        if (own.includes(name)) assert(meant !== undefined, `${argv.join(" ")}: ${message}`);
      }
    }
  }
  assertRefused([["TSLA --ticker", 'Unknown option "--ticker": see --help']]);
});

Deno.test("parseCommand() refuses a second value of an option that takes one", () => {
  const twice = (name: string, found: string) =>
    `Cannot use --${name} more than once: found ${found}, want one`;
  assertRefused([
    ["TSLA -o x.csv -o y.json", twice("output", '"x.csv" and "y.json"')],
    ["TSLA -o x.csv --output=x.csv", twice("output", '"x.csv" and "x.csv"')],
    ["TSLA -p 5y --period 1y", twice("period", '"5y" and "1y"')],
    ["TSLA -p5y -p1y -p2y", twice("period", '"5y" and "1y" and "2y"')],
    ["TSLA --from 2024-01-02 --from=2024-02-02", twice("from", '"2024-01-02" and "2024-02-02"')],
    ["--symbols a.txt --symbols b.txt", twice("symbols", '"a.txt" and "b.txt"')],
    ["list --cache-dir a --cache-dir b", twice("cache-dir", '"a" and "b"')],
    ["TSLA -o x.csv -o=", "--output wants a value, such as tsla.csv"],
  ]);
});

Deno.test("parseCommand() takes all values of a list", () => {
  const both = parseCommand(words("--underlying SPY --underlying QQQ,IWM"));
  assertEquals(both, parseCommand(words("--underlying SPY,QQQ,IWM")));
  assertEquals("symbols" in both && both.symbols.length, 3);
});

Deno.test("parseCommand() refuses a URL wherever a path is wanted", () => {
  const paths = OPTIONS.filter(({ value }) =>
    value?.completion === "file" || value?.completion === "directory"
  );
  assert(paths.length > 5);
  for (const { name } of paths) {
    for (const scheme of ["s3://", "s3:/", "file://", "HTTPS://", "gs://"]) {
      const argv = [commandWith(name), "TSLA", `--${name}`, `${scheme}me:secret@b/x.csv`];
      const message =
        `Cannot use a URL for --${name}: found ${scheme}, want a path on this machine`;
      assertEquals(assertThrows(() => parseCommand(argv), UsageError).message, message);
    }
  }
  const output = { kind: "file", path: "./s3://b/x.csv", format: "csv" } as const;
  const parsed = parseCommand(["TSLA", "-o", "./s3://b/x.csv"]);
  assertEquals("output" in parsed && parsed.output, output);
  for (const place of ["./s3:lake", "s3://b/lake", "S3://b", "C:\\lake", "C:/lake", "a b:c"]) {
    const parsed = parseCommand(["check", `--into=${place}`]);
    assertEquals("into" in parsed && parsed.into, place);
  }
});

/** A command that has the option. */
function commandWith(name: string): string {
  return COMMANDS.find((command) => optionsOf(command).some((one) => one.name === name))!.name;
}

Deno.test("parseCommand() refuses a format that the file's name contradicts", () => {
  const other = (format: string, path: string) =>
    `Cannot write ${format} to "${path}": its name says another format, ` +
    `want one that ends in .${format}, or no --format`;
  assertRefused([
    ["TSLA -o x.csv -f json", other("json", "x.csv")],
    ["TSLA -o x.json -f csv.gz", other("csv.gz", "x.json")],
    ["TSLA -o x.csv -f csv.gz", other("csv.gz", "x.csv")],
    ["TSLA -o x.csv.gz -f csv.zst", other("csv.zst", "x.csv.gz")],
    ["TSLA -o a.b/x.PARQUET -f ndjson", other("ndjson", "a.b/x.PARQUET")],
    ["TSLA -o x.jsonl.zst -f json", other("json", "x.jsonl.zst")],
  ]);
});

Deno.test("parseCommand() refuses names that mean something to JavaScript or to the parser", () => {
  for (
    const name of [
      "--_",
      "--_=x",
      "--_.a",
      "-_",
      "-q_",
      "--__proto__",
      "--constructor",
      "--period.x",
    ]
  ) {
    const error = assertThrows(() => parseCommand(["TSLA", name, "x"]), UsageError);
    assert(
      error.message.startsWith(`Unknown option "${name.replace(/=.*/, "")}": `),
      error.message,
    );
  }
});

Deno.test("parseCommand() names all letters behind one dash when one of them is no option", () => {
  assertRefused([
    ["TSLA -qy8", 'Unknown option "-qy8": see --help'],
    ["TSLA -qyx=y", 'Unknown option "-qyx": see --help'],
    ["TSLA -q-", 'Unknown option "-q-": see --help'],
    ["TSLA -=", 'Unknown option "-": see --help'],
  ]);
});

Deno.test("parseCommand() of completions wants one shell", () => {
  const wanted = "want one of bash, zsh, fish, powershell";
  assertRefused([
    ["completions", `Cannot print completions: no shell is given, ${wanted}`],
    ["completions bsh", `Cannot print completions for "bsh": ${wanted}`],
    ["completions bash zsh", `Cannot print completions for "zsh" as well: ${wanted}`],
  ]);
});

Deno.test("parseCommand() suggests the command that was likely meant", () => {
  assertRefused([
    ["progres", 'Unknown command "progres": did you mean progress?'],
    ["clean --all", 'Unknown command "clean": did you mean clear?'],
    ["cleer TSLA", 'Unknown command "cleer": did you mean clear?'],
  ]);
});

Deno.test("parseCommand() wants a value for every option that takes one", () => {
  for (const { name, short, value } of OPTIONS) {
    if (value === undefined) continue;
    const message = `--${name} wants a value, such as ${value.example}`;
    assertRefused([
      [`TSLA --${name}`, message],
      [`TSLA --${name}=`, message],
      [`TSLA --${name} --quiet`, message],
      [`--${name} -q TSLA`, message],
      ...(short === undefined ? [] : [[`TSLA -${short}`, message] as const]),
    ]);
  }
});

Deno.test("parseCommand() refuses options of another command", () => {
  assertRefused([
    ["TSLA --all", "Cannot use --all without a command: it belongs to flatfetch clear"],
    ["TSLA --tickers T*", "Cannot use --tickers without a command: it belongs to flatfetch export"],
    [
      "check us_stocks_sip/day_aggs_v1",
      'Cannot check dataset "us_stocks_sip/day_aggs_v1": no place is given, want --into PLACE',
    ],
    [
      "check TSLA --into lake",
      'Cannot read dataset "TSLA": want PREFIX/NAME, such as us_stocks_sip/day_aggs_v1',
    ],
    ["list --progress-only", "Cannot use --progress-only with list: it belongs to flatfetch clear"],
    [
      "progress -p 5y",
      "Cannot use --period with progress: it belongs to flatfetch SYMBOL…, chart, check, export",
    ],
    ["clear TSLA -o x", "Cannot use --output with clear: it belongs to flatfetch SYMBOL…"],
    [
      "list --offline",
      "Cannot use --offline with list: it belongs to flatfetch SYMBOL…, chart, check",
    ],
    [
      "help --json",
      "Cannot use --json with help: it belongs to flatfetch SYMBOL…, list, progress, clear, check, " +
      "doctor, export, fleet",
    ],
  ]);
});

Deno.test("parseCommand() refuses what contradicts itself or lacks something", () => {
  assertRefused([
    ["", "Cannot preload: no symbol is given, such as TSLA"],
    ["-p 5y", "Cannot preload: no symbol is given, such as TSLA"],
    ["clear", "Cannot clear: give either symbols or --all"],
    ["clear TSLA --all", "Cannot clear: give either symbols or --all"],
    ["list TSLA", 'Cannot list "TSLA": list takes no symbol'],
    ["help list clear", 'Cannot help with "clear" as well: give one command'],
    ["TSLA --json -o -", "Cannot use --json together with -o -: both write to standard output"],
    [
      "TSLA --refresh --offline",
      "Cannot use --refresh together with --offline: it needs the network",
    ],
    ["export a/b --into x --by year", 'Cannot use "year" for --by: want date or month'],
    ["export a/b --into x -f json", 'Cannot use "json" for --format: want parquet or csv.gz'],
    ["TSLA --save-every 0", 'Cannot use "0" for --save-every: want a whole number from 1 to 1000'],
    [
      "TSLA -f csv",
      "Cannot use --format alone: say where to write with -o FILE, -o - or --split DIR",
    ],
    ["TSLA -o x --split y", "Cannot use --output together with --split: give one of them"],
    [
      "TSLA -o x -f xml",
      `Cannot write format "xml": want ${alternatives(OUTPUT_FORMATS)}`,
    ],
    [
      "TSLA -o x.parquet.gz",
      'Cannot write "x.parquet.gz": parquet is compressed already, want a name without .gz',
    ],
    ...["x.txt", "bars.xlsx", "x.csv.bz2", "2024.01", "BRK.B", "a.constructor"].map((path) =>
      [
        `TSLA -o ${path}`,
        `Cannot tell the format of "${path}" by its extension: want .csv, .ndjson, .jsonl, .json, ` +
        ".parquet, .pq, the text formats also with .gz or .zst, or a format by --format",
      ] as const
    ),
    [
      "TSLA -p 5y --from 2024-01-01",
      "Cannot use a period together with a first date: give one of them",
    ],
    [
      "TSLA --from 2024-01-02 --to 2024-01-01",
      "Cannot use the span 2024-01-02 to 2024-01-01: it ends before it begins",
    ],
    ["TSLA --hours night", 'Cannot read hours "night": want all or regular'],
    [
      "TSLA --asset bond",
      'Cannot read asset "bond": want stock, crypto, forex, index or option',
    ],
    [
      "^GSPC --asset crypto",
      'Cannot read symbol "^GSPC" as crypto: want one such as BTC-USD or X:BTCUSD',
    ],
    ["BTC_USD --asset crypto", 'Cannot read symbol "BTC_USD": did you mean BTC-USD?'],
    [
      "/ES",
      'Cannot load "/ES": futures are not offered, their files have sessions and columns of their own',
    ],
    ["TSLA -i 1M", 'Cannot read interval "1M": want m for minutes or mo for a month'],
    [
      "TSLA --to 2024-02-30",
      'Cannot read date "2024-02-30": want a day of the calendar, YYYY-MM-DD',
    ],
    ["TSLA -j 0", 'Cannot use "0" for --concurrency: want a whole number from 1 to 256, or auto'],
    [
      "TSLA -j 257",
      'Cannot use "257" for --concurrency: want a whole number from 1 to 256, or auto',
    ],
    [
      "TSLA -j Auto",
      'Cannot use "Auto" for --concurrency: want a whole number from 1 to 256, or auto',
    ],
    ["TSLA --max-memory 0", 'Cannot use "0" for --max-memory: want a size from 1MiB to 1TiB'],
    ["TSLA --max-memory 2TiB", 'Cannot use "2TiB" for --max-memory: want a size from 1MiB to 1TiB'],
    ["TSLA --bwlimit 10", 'Cannot use "10" for --bwlimit: want a size from 1KiB to 1TiB'],
    ["TSLA --bwlimit 10M/s", 'Cannot use "10M/s" for --bwlimit: want a size from 1KiB to 1TiB'],
    ["TSLA --max-memory x", 'Cannot use "x" for --max-memory: want a size from 1MiB to 1TiB'],
    ["TSLA --max-age 5", 'Cannot use "5" for --max-age: want a duration such as 90s, 30m, 1h or 0'],
    [
      "TSLA --keep-limit x",
      'Cannot use "x" for --keep-limit: want a size such as 500MB, 1GiB or 0',
    ],
  ]);
});

Deno.test("parseCommand() quotes what could steer a terminal", () => {
  const hostile = ["\x1b[2J", "a\u202eb", "\x07"];
  for (const text of hostile) {
    const lines = [[text], ["TSLA", `--${text}`], ["TSLA", "-p", text], ["TSLA", "-j", text]];
    for (const argv of [...lines, ["TSLA", "-o", "x", "-f", text], ["list", `x${text}`]]) {
      const { message } = assertThrows(() => parseCommand(argv), UsageError);
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x1f\x7f\u202e]/.test(message), JSON.stringify(message));
    }
  }
});

Deno.test("parseCommand() understands any command line or throws a UsageError", () => {
  const names = OPTIONS.flatMap(({ name, short }) => [`--${name}`, `-${short ?? "x"}`]);
  const word = fc.oneof(
    fc.constantFrom(...names, "TSLA", "--", "-", "--_", "5y", "1d"),
    fc.constantFrom(...COMMANDS.map(({ name }) => name)),
    fc.constantFrom(...names).chain((name) => fc.string().map((value) => `${name}=${value}`)),
    fc.string({ maxLength: 8 }),
    fc.string({ maxLength: 8 }).map((text) => `--${text}`),
    fc.string({ maxLength: 4 }).map((text) => `-${text}`),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      try {
        parseCommand(argv);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
