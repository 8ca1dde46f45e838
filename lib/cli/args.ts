/**
 * Turns argv into a command, or says what is wrong with it.
 *
 * @module
 */

import { closestString, levenshteinDistance, parseArgs } from "../deps.ts";
import {
  type OutputFormat,
  parseInterval,
  parseSymbol,
  quote,
  type RequestOptions,
  resolvePeriod,
  UsageError,
} from "../../mod.ts";
import { bindValues } from "./argv.ts";
import { type CommandName, OPTIONS } from "./options.ts";
import { parseCount, parseDuration, parseSize } from "./quantities.ts";

/** What the command line says about the bucket and the cache. */
export interface PreloadArgs {
  readonly request: RequestOptions;
  readonly concurrency: number | undefined;
  readonly progressEvery: number | undefined;
  readonly saveEvery: number | undefined;
  readonly wait: boolean;
  readonly output: { readonly path: string; readonly format: OutputFormat } | undefined;
  readonly endpoint: string | undefined;
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly keepLimitBytes: number | undefined;
  readonly maxAgeMs: number | undefined;
  readonly refresh: boolean;
  readonly offline: boolean;
}

/** What holds for every command. */
export interface CommonArgs {
  readonly symbols: readonly string[];
  readonly cacheDir: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly debug: boolean;
}

/** A command line that was understood. */
export type Command =
  | { readonly name: "help"; readonly of: CommandName }
  | { readonly name: "version" }
  | { readonly name: "preload" } & CommonArgs & PreloadArgs
  | { readonly name: "progress" | "list" } & CommonArgs
  | { readonly name: "clear"; readonly all: boolean; readonly progressOnly: boolean } & CommonArgs;

const COMMANDS = ["progress", "clear", "list"] as const;

/** @throws {UsageError} saying what was found and what was wanted. */
export function parseCommand(argv: readonly string[]): Command {
  const given = parse(argv);
  const { text, isOn } = given;
  const of = commandOf(given.words[0]);
  if (isOn("help")) return { name: "help", of };
  if (isOn("version")) return { name: "version" };
  refuseForeignOptions(given.names, of);
  const common = {
    symbols: of === "preload" ? given.words : given.words.slice(1),
    cacheDir: text("cache-dir"),
    json: isOn("json"),
    quiet: isOn("quiet"),
    noColor: isOn("no-color"),
    debug: isOn("debug"),
  };
  common.symbols.forEach(checkSymbol);
  if (of === "clear") return clearCommand(common, isOn);
  if (of === "list" && common.symbols.length > 0) {
    throw new UsageError(`Cannot list ${quote(common.symbols[0]!)}: list takes no symbol`);
  }
  if (of !== "preload") return { name: of, ...common };
  return { name: of, ...common, ...preloadArgs(common, text, isOn) };
}

type Text = (name: string) => string | undefined;
type IsOn = (name: string) => boolean;

function clearCommand(common: CommonArgs, isOn: IsOn): Command {
  const all = isOn("all");
  if (all === (common.symbols.length > 0)) {
    throw new UsageError("Cannot clear: give either symbols or --all");
  }
  return { name: "clear", ...common, all, progressOnly: isOn("progress-only") };
}

function preloadArgs(common: CommonArgs, text: Text, isOn: IsOn): PreloadArgs {
  if (common.symbols.length === 0) {
    throw new UsageError("Cannot preload: no symbol is given, such as TSLA");
  }
  const request = {
    period: text("period"),
    from: text("from"),
    to: text("to"),
    interval: text("interval"),
  };
  checkRequest(request);
  if (isOn("refresh") && isOn("offline")) {
    throw new UsageError("Cannot use --refresh together with --offline: it needs the network");
  }
  const output = outputOf(text("output"), text("format"));
  if (common.json && output?.path === "-") {
    throw new UsageError("Cannot use --json together with -o -: both write to standard output");
  }
  return {
    request,
    concurrency: parseCount("concurrency", text("concurrency"), 256),
    progressEvery: parseCount("progress-every", text("progress-every"), 1_000_000),
    saveEvery: parseCount("save-every", text("save-every"), 1_000),
    wait: isOn("wait"),
    output,
    endpoint: text("endpoint"),
    bucket: text("bucket"),
    region: text("region"),
    profile: text("profile"),
    keepLimitBytes: parseSize("keep-limit", text("keep-limit")),
    maxAgeMs: parseDuration("max-age", text("max-age")),
    refresh: isOn("refresh"),
    offline: isOn("offline"),
  };
}

/** @throws {UsageError} naming the symbol that was likely meant. */
function checkSymbol(text: string): void {
  try {
    parseSymbol(text);
  } catch (error) {
    const meant = text.replaceAll(/[/_]/g, "-").replaceAll(/^[^\w^]+|[^\w]+$/g, "");
    if (!(error instanceof UsageError) || !isSymbol(meant)) throw error;
    throw new UsageError(`Cannot read symbol ${quote(text)}: did you mean ${meant}?`);
  }
}

function isSymbol(text: string): boolean {
  try {
    return parseSymbol(text).symbol !== "";
  } catch {
    return false;
  }
}

/** Finds a mistake before anything is read or announced. */
function checkRequest(request: RequestOptions): void {
  if (request.interval !== undefined) parseInterval(request.interval);
  resolvePeriod(request, { period: "5y", today: "9999-12-31", firstDate: "0001-01-01" });
}

const EXTENSIONS: Readonly<Record<string, OutputFormat>> = {
  csv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
};

function outputOf(path: string | undefined, format: string | undefined): PreloadArgs["output"] {
  if (format !== undefined && !["csv", "ndjson", "json"].includes(format)) {
    const known = "want csv, ndjson or json";
    throw new UsageError(`Cannot write format ${quote(format)}: ${known}`);
  }
  if (path === undefined) {
    if (format === undefined) return undefined;
    throw new UsageError("Cannot use --format alone: say where to write with -o FILE, or -o -");
  }
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "csv";
  const usual = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension]! : "csv";
  return { path, format: (format as OutputFormat | undefined) ?? usual };
}

/** Words and options as they were given. */
interface Given {
  readonly words: string[];
  readonly names: string[];
  readonly text: Text;
  readonly isOn: IsOn;
}

/** An option of the name under which the parser keeps the words. */
const CLASH = /^-(?:-_(?!\w)|(?!-)[^=]*_)/;

function parse(argv: readonly string[]): Given {
  const texts = OPTIONS.filter(({ value }) => value !== undefined);
  const switches = OPTIONS.filter(({ value }) => value === undefined);
  const given = new Set<string>();
  const bound = bindValues(argv);
  const clash = bound.slice(0, bound.indexOf("--") >>> 0).find((arg) => CLASH.test(arg));
  if (clash !== undefined) refuseUnknown(clash);
  const parsed = parseArgs(bound, {
    string: ["_", ...texts.map(({ name }) => name)],
    boolean: switches.map(({ name }) => name),
    alias: Object.fromEntries(
      OPTIONS.flatMap(({ name, short }) => short === undefined ? [] : [[name, short]]),
    ),
    unknown: (arg, key) => key === undefined || refuseUnknown(arg),
  });
  for (const { name, example } of texts) {
    const value = parsed[name];
    if (value === undefined) continue;
    if (value === "") throw new UsageError(`--${name} wants a value, such as ${example}`);
    given.add(name);
  }
  for (const { name } of switches) if (parsed[name] === true) given.add(name);
  return {
    words: parsed._.map(String),
    names: [...given],
    text: (name) => parsed[name] as string | undefined,
    isOn: (name) => given.has(name),
  };
}

/** The first word names a command only in lower case, so that LIST can be a ticker. */
function commandOf(word = ""): CommandName {
  const command = COMMANDS.find((name) => name === word);
  if (command !== undefined) return command;
  const nearest = closestString(word, COMMANDS);
  if (/^[a-z]{5,}$/.test(word) && levenshteinDistance(word, nearest) <= 2) {
    throw new UsageError(`Unknown command ${quote(word)}: did you mean ${nearest}?`);
  }
  return "preload";
}

function refuseForeignOptions(names: readonly string[], command: CommandName): void {
  for (const name of names) {
    const { commands } = OPTIONS.find((option) => option.name === name)!;
    if (commands.includes(command)) continue;
    throw new UsageError(`Cannot use --${name} with ${command}: it belongs to ${commands[0]}`);
  }
}

function refuseUnknown(arg: string): never {
  const name = arg.replace(/=.*$/s, "");
  const bare = name.replace(/^-+/, "").toLowerCase();
  const nearest = closestString(bare, OPTIONS.map((option) => option.name));
  const isNear = levenshteinDistance(bare, nearest) <= Math.max(1, bare.length / 3);
  const hint = isNear ? `did you mean --${nearest}?` : "see --help";
  throw new UsageError(`Unknown option ${quote(name)}: ${hint}`);
}
