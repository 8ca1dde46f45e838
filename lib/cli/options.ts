/**
 * The command line's vocabulary: commands and options, as the parser and the help know them.
 *
 * @module
 */

/** What the program can be told to do. */
export type CommandName = "preload" | "progress" | "clear" | "list";

/** One option. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string;
  /** An example for the message about a missing value. */
  readonly example?: string;
  readonly help: string;
  readonly commands: readonly CommandName[];
}

const EVERY = ["preload", "progress", "clear", "list"] as const;
const PRELOAD = ["preload"] as const;

/** Every option, in the order of the help. */
export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "period",
    short: "p",
    value: "P",
    example: "5y",
    help: "5d 2wk 6mo 5y ytd max (default 5y; 2y for crypto)",
    commands: PRELOAD,
  },
  {
    name: "from",
    value: "DATE",
    example: "2020-01-01",
    help: "first date, instead of a period",
    commands: PRELOAD,
  },
  {
    name: "to",
    value: "DATE",
    example: "2025-11-01",
    help: "last date of the span or period (default today, UTC)",
    commands: PRELOAD,
  },
  { name: "interval", short: "i", value: "I", example: "1d", help: "1d", commands: PRELOAD },
  {
    name: "concurrency",
    short: "j",
    value: "N",
    example: "20",
    help: "files at once, 1 to 256 (default 20)",
    commands: PRELOAD,
  },
  {
    name: "progress-every",
    value: "N",
    example: "10",
    help: "a progress line every N files where there is no terminal (default 10)",
    commands: PRELOAD,
  },
  {
    name: "save-every",
    value: "N",
    example: "10",
    help: "record N finished files at a time, 1 to 1000 (default 1)",
    commands: PRELOAD,
  },
  { name: "wait", help: "wait for another run that works on a symbol", commands: PRELOAD },
  {
    name: "output",
    short: "o",
    value: "FILE",
    example: "tsla.csv",
    help: "write the bars to FILE, or to standard output for -",
    commands: PRELOAD,
  },
  {
    name: "format",
    short: "f",
    value: "F",
    example: "csv",
    help: "csv, ndjson or json (default by FILE's extension, else csv)",
    commands: PRELOAD,
  },
  {
    name: "endpoint",
    value: "URL",
    example: "https://files.massive.com",
    help: "where the bucket is (default https://files.massive.com)",
    commands: PRELOAD,
  },
  {
    name: "bucket",
    value: "NAME",
    example: "flatfiles",
    help: "default flatfiles",
    commands: PRELOAD,
  },
  {
    name: "region",
    value: "NAME",
    example: "us-east-1",
    help: "default us-east-1",
    commands: PRELOAD,
  },
  {
    name: "profile",
    value: "NAME",
    example: "massive",
    help: "profile in ~/.aws/credentials to take the keys from",
    commands: PRELOAD,
  },
  {
    name: "cache-dir",
    value: "DIR",
    example: "~/.cache/flatfetch",
    help: "where everything is kept (default FLATFETCH_CACHE_DIR, else your cache directory)",
    commands: EVERY,
  },
  {
    name: "keep-limit",
    value: "SIZE",
    example: "1GiB",
    help: "keep the downloaded files when a run's come to at most SIZE (default 1GiB)",
    commands: PRELOAD,
  },
  { name: "refresh", help: "list the bucket anew, whatever --max-age says", commands: PRELOAD },
  { name: "offline", help: "use no network, only what is cached or kept", commands: PRELOAD },
  {
    name: "max-age",
    value: "DURATION",
    example: "1h",
    help: "how long a listing of the bucket serves, such as 90s 30m 1h 1d (default 1h)",
    commands: PRELOAD,
  },
  { name: "progress-only", help: "forget the progress markers alone", commands: ["clear"] },
  { name: "all", help: "forget everything", commands: ["clear"] },
  { name: "json", help: "a summary as JSON on standard output", commands: EVERY },
  { name: "quiet", short: "q", help: "show errors only", commands: EVERY },
  { name: "no-color", help: "no colors and no signs", commands: EVERY },
  { name: "debug", help: "show where an error comes from", commands: EVERY },
  { name: "help", short: "h", help: "show this", commands: EVERY },
  { name: "version", help: "show the version", commands: EVERY },
];

const USAGE: Readonly<Record<CommandName, readonly [usage: string, what: string]>> = {
  preload: [
    "flatfetch SYMBOL… [options]",
    "Bring the bars of the symbols up to date in the cache, and write them where asked.",
  ],
  progress: [
    "flatfetch progress [SYMBOL…] [options]",
    "Show the progress markers of runs that have not finished.",
  ],
  clear: [
    "flatfetch clear SYMBOL… [--progress-only] [options]\n       flatfetch clear --all [options]",
    "Forget symbols, so that the next run downloads everything.",
  ],
  list: ["flatfetch list [options]", "Show what is cached."],
};

const EXIT_CODES =
  `Exit codes: 0 all there, 1 unexpected, 2 usage, 3 finished but some files failed or
were refused, 4 credentials or configuration, 5 temporary (run again), 6 disk, 7 no data
for the symbol, 75 another run works on it, 130 interrupted, 143 terminated.`;

const EXAMPLES = `Symbols are spelled as in yfinance, or as the vendor does: TSLA, BRK-B, BTC-USD,
EURUSD=X, ^GSPC, O:SPY251219C00650000.

Examples:
  flatfetch TSLA
  flatfetch TSLA AAPL MSFT -p 2y -o bars.csv
  flatfetch BTC-USD --from 2024-01-01 --to 2024-12-31 -o - | head`;

/** The help of a command. */
export function helpText(command: CommandName): string {
  const [usage, what] = USAGE[command];
  const options = OPTIONS.filter(({ commands }) => commands.includes(command)).map(optionLine);
  const others = Object.values(USAGE).slice(1).map(([text]) => `       ${text}`);
  return [
    [`Usage: ${usage}`, ...(command === "preload" ? others : [])].join("\n"),
    what,
    ["Options:", ...options].join("\n"),
    ...(command === "preload" ? [EXAMPLES, EXIT_CODES] : []),
  ].join("\n\n") + "\n";
}

function optionLine({ name, short, value, help }: OptionSpec): string {
  const names = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
  return `  ${names.padEnd(26)}${help}`;
}
