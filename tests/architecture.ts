/**
 * The rules of the architecture: the order of the rooms, who may import whom, and who may touch the
 * outside world. Each says what it refuses.
 *
 * @module
 */

import manifest from "../deno.json" with { type: "json" };
import type { Source } from "./source_reader.ts";

/** From the ground up. A room imports the rooms below its line, and itself. */
const ROOMS: readonly (readonly string[])[] = [
  ["deps"],
  ["errors", "progress", "dated_object", "text_file", "concurrency"],
  ["given"],
  ["http"],
  ["market", "s3", "cache"],
  ["request", "output", "chart"],
  ["settings"],
  ["bucket", "lake"],
  ["flatfile", "adjust"],
  ["load"],
  ["read", "check", "doctor", "export"],
  ["fleet"],
  ["mod"],
  ["cli"],
  ["process"],
];

/** What may be used beyond the project's files. */
interface Grant {
  readonly what: string;
  readonly uses: RegExp;
  /** By which files. @default {every} */
  readonly only?: RegExp;
}

/** What computes, and does nothing else: pure files have no more. */
const COMPUTING: readonly Grant[] = [
  {
    what: "the language",
    uses:
      /^(new |instanceof )?(Array|ArrayBuffer|Async\w+Stack|BigInt|Boolean|DataView|DisposableStack|Error|Infinity|Iterator|JSON|Map|NaN|Number|Object|Promise|RangeError|RegExp|Set|String|SuppressedError|Symbol|SyntaxError|TypeError|WeakMap|\w+Array|parseInt)\b(?!.*(\bconstructor\b|\[…]))/,
  },
  { what: "mathematics", uses: /^Math\.(?!random\b|constructor\b)\w+/ },
  { what: "dates that are given", uses: /^(new Date\(…\)|Date\.(UTC|parse))$/ },
  { what: "calendars", uses: /^Temporal\.(Instant|PlainDate)\.from\w*$/ },
  {
    what: "names, numbers and letters of a language",
    uses: /^Intl\.(NumberFormat|Segmenter|supportedValuesOf)$/,
  },
  {
    what: "texts and addresses",
    uses:
      /^(new (TextDecoder|TextEncoder|URL|URLSearchParams|Headers)\(…?\)|URL\.(canParse|parse)|(en|de)codeURIComponent)$/,
  },
  {
    what: "cancellation",
    uses: /^(new AbortController\(\)|instanceof AbortSignal|AbortSignal\.any)$/,
  },
  { what: "sums", uses: /^(crypto\.subtle\.digest|node:crypto\.create(Hash|Hmac))$/ },
  { what: "names of errors and places", uses: /^Deno\.(errors|SeekMode)\.\w+$/ },
  { what: "kinds of streams", uses: /^instanceof ReadableStreamBYOBReader$/ },
  { what: "bytes", uses: /^node:buffer\.Buffer$/ },
  {
    what: "compression",
    uses: /^node:zlib\.(constants|crc32|create\w+|g(un)?zipSync|zstd\w+Sync)$/,
  },
  {
    what: "what an HTTP status means",
    uses: /^HTTP \d+$/,
    only: /^lib\/(s3|http)\/|^lib\/adjust\/rest_\w+\.ts$/,
  },
  { what: "paths", uses: /^node:path\.(join|normalize|parse|sep)$/ },
  { what: "pipes", uses: /^node:stream(\/promises)?\.(Readable|pipeline)$/ },
  {
    what: "packages that compute",
    uses: /^npm:(deno-std|fast-xml-parser|hyparquet|hyparquet-writer)@/,
    only: /^lib\/deps\/\w+\.ts$/,
  },
];

/** The outside world. */
const TOUCHING: readonly Grant[] = [
  {
    what: "the clock",
    uses:
      /^(new Date\(\)|(Date|performance)\.now|(set|clear)(Timeout|Interval)|AbortSignal\.timeout)$/,
  },
  { what: "timers that end nothing", uses: /^Deno\.unrefTimer$/, only: /^(cli|lib\/cli\/.*)\.ts$/ },
  { what: "chance", uses: /^Math\.random$/, only: /^lib\/http\/sender\.ts$/ },
  { what: "random bytes", uses: /^crypto\.getRandomValues$/, only: /^lib\/cache\// },
  {
    what: "the process",
    uses: /^(Deno\.(exit|exitCode|args|addSignalListener)|import\.meta\.main)$/,
    only: /^cli\.ts$/,
  },
  {
    what: "the environment",
    uses: /^Deno\.env\.\w+$/,
    only: /^lib\/(cli\/access\/environment|http\/connections)\.ts$/,
  },
  {
    what: "asking for a permission",
    uses: /^Deno\.permissions\.requestSync$/,
    only: /^lib\/cli\/access\/(environment|permissions)\.ts$/,
  },
  { what: "which permissions there are", uses: /^Deno\.permissions\.querySync$/ },
  {
    what: "a standard stream",
    uses:
      /^(Deno\.(stdout|stderr|stdin)(\.\w+)?|Deno\.consoleSize|Atomics\.wait|new SharedArrayBuffer\(…\))$/,
    only: /^lib\/cli\/terminal\/(terminal|output_stream)\.ts$/,
  },
  {
    what: "writing to the disk",
    uses:
      /^Deno\.(open|openSync|mkdir|chmodSync|link|remove|removeSync|rename|renameSync|writeTextFile)$/,
    only: /^lib\/cache\//,
  },
  {
    what: "reading the disk",
    uses:
      /^Deno\.(l?stat(Sync)?|readDir(Sync)?|readFile|readTextFileSync|readLinkSync|realPathSync)$/,
  },
  { what: "reading a descriptor", uses: /^node:fs\.\*$/, only: /^lib\/text_file\.ts$/ },
  {
    what: "free space",
    uses: /^node:fs\/promises\.statfs$/,
    only: /^lib\/cache\/filesystem\.ts$/,
  },
  { what: "the working directory", uses: /^node:path\.resolve$/ },
  {
    what: "the machine",
    uses: /^(Deno\.(build|build\.os|pid|version\.deno(\.split)?)|navigator\.hardwareConcurrency)$/,
  },
  {
    what: "the network",
    uses: /^(fetch|Deno\.createHttpClient)$/,
    only: /^lib\/http\/connections\.ts$/,
  },
  { what: "sockets", uses: /^Deno\.(connect|startTls)$/, only: /^lib\/fleet\/address\.ts$/ },
  {
    what: "packages that talk or sign",
    uses: /^npm:(@nats-io\/[\w-]+|aws4fetch)@/,
    only: /^lib\/deps\/\w+\.ts$/,
  },
  {
    what: "errors that nobody catches",
    uses: /^globalThis\.addEventListener$/,
    only: /^lib\/fleet\/connection\.ts$/,
  },
  { what: "starting a thread", uses: /^new Worker\(…\)$/, only: /^lib\/concurrency\/thread\.ts$/ },
  {
    what: "where a thread's module is",
    uses: /^import\.meta\.url(\.endsWith)?$/,
    only: /^lib\/(export\/converter|flatfile\/thread)_module\.ts$/,
  },
  {
    what: "being a thread",
    uses: /^globalThis$/,
    only: /^lib\/(export\/convert|flatfile\/extract)_worker\.ts$/,
  },
  { what: "the browser", uses: /^(?!Deno|node:|npm:|import)/, only: /^lib\/chart\/page\/\w+\.js$/ },
];

/** Threads and the page, which have state of their own. */
const STATEFUL = /^lib\/(export\/convert_worker\.ts|flatfile\/extract_worker\.ts|chart\/page\/)/;

/** Files that do no input or output and read no clock, nor does what they load. */
export const PURE: readonly RegExp[] = [
  "lib/market/*",
  "lib/adjust/(table_file|split|split_text|dividend_text|overnight|dividend_factors|correct_splits|adjusted_prices|rename_text).ts",
  "lib/output/(columns|format|parquet|text).ts",
  "lib/flatfile/(extract|flat_file|row_search|file_rows|ticker_set|family_rows|found_rows).ts",
  "lib/load/(plan|tasks|verdict|summary|summarize).ts",
  "lib/check/compare_files.ts",
  "lib/lake/(footer|layout|column_pages).ts",
  "lib/(dated_object|given|request).ts",
  "lib/concurrency/(semaphore|pace).ts",
  "lib/bucket/(coverage|dated_files).ts",
  "lib/chart/(page_data|page_body).ts",
  "lib/s3/(retry|refusal_reason).ts",
  "lib/http/(backoff|bandwidth|endpoint|status).ts",
  "lib/cli/progress/progress_state.ts",
  "lib/cli/render/*",
  "lib/cli/chart/*",
  "lib/cli/arguments/(quantities|symbol_words|misspelt|command_doc|command_spec|offers).ts",
  "lib/cli/explain/(result_hints|exits).ts",
  "lib/cli/commands.ts",
  "lib/cli/commands/[a-z]+.ts",
  "lib/cli/options/*",
].map((glob) => new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`));

/** What runs a command, which declares it and loads it for that alone. */
const RUNNER = /^lib\/cli\/commands\/\w+_run\.ts$/;

/** A rule: what of the files it refuses. */
type Rule = (files: readonly Source[]) => string[];

/** Every rule, by what it holds. */
export const RULES: Readonly<Record<string, Rule>> = {
  "every source file is in one room": (files) =>
    files.filter(({ path }) => levelOf(path) === -1).map(({ path }) => `${path} is in no room`),

  "deno publish takes every source file": (files) =>
    files.filter(({ path }) => !manifest.publish.include.includes(path.replace(/\/.*/, "")))
      .map(({ path }) => `${path} is not published`),

  "every import goes down, or stays in its room": (files) =>
    files.flatMap(({ path, imports }) =>
      imports.filter((target) => !mayImport(path, target))
        .map((target) => `${path} must not import ${target}`)
    ),

  "no import goes round in a circle, but for what is loaded later": refuseCircles,

  "what is used of the outside world is granted": (files) =>
    files.flatMap(({ path, uses }) =>
      uses.filter((use) => !isGranted([...COMPUTING, ...TOUCHING], path, use))
        .map((use) => `${path} must not use ${use}`)
    ),

  "pure modules do no input or output and read no clock": refuseImpure,

  "no module has mutable state at its top level": (files) =>
    files.filter(({ path }) => !STATEFUL.test(path))
      .flatMap(({ path, state }) => state.map((what) => `${path} has state: ${what}`)),

  "no file is named as a drawer": (files) =>
    files.filter(({ path }) => /\/(utils?|helpers?|common|misc|types|constants)\.\w+$/.test(path))
      .map(({ path }) => `${path} is a drawer`),
};

/** Grants that no file needs. */
export function unusedGrants(files: readonly Source[]): string[] {
  return [...COMPUTING, ...TOUCHING].filter((grant) =>
    !files.some(({ path, uses }) => uses.some((use) => isGranted([grant], path, use)))
  ).map(({ what }) => what);
}

function isGranted(grants: readonly Grant[], path: string, use: string): boolean {
  return grants.some(({ uses, only }) => uses.test(use) && only?.test(path) !== false);
}

function refuseCircles(files: readonly Source[]): string[] {
  const later = (file: Source) => file.imports.filter((to) => !file.later.includes(to));
  const importsOf = new Map(files.map((file) => [file.path, later(file)]));
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): string[] => {
    if (above.includes(path)) return [`circle: ${[...above, path].join(" → ")}`];
    if (done.has(path)) return [];
    const found = (importsOf.get(path) ?? []).flatMap((target) => visit(target, [...above, path]));
    done.add(path);
    return found;
  };
  return files.flatMap(({ path }) => visit(path, []));
}

function refuseImpure(files: readonly Source[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pure = files.filter(({ path }) => PURE.some((pattern) => pattern.test(path)));
  return pure.flatMap(({ path }) => {
    const loaded = new Set([path]);
    const found: string[] = [];
    for (const part of loaded) {
      const { uses = [], needs = [], later = [] } = byPath.get(part) ?? {};
      for (const next of [...needs, ...later]) if (!RUNNER.test(next)) loaded.add(next);
      const impure = uses.filter((use) => !isGranted(COMPUTING, part, use));
      found.push(...impure.map((use) => `${path} is not pure: ${part} has ${use}`));
    }
    return found;
  });
}

function mayImport(path: string, target: string): boolean {
  if (target === "deno.json") return path === "lib/cli/main.ts";
  if (target === "lib/deps/fast_xml_parser.ts") return path === "lib/s3/xml.ts";
  const level = levelOf(target);
  return level !== -1 && (level < levelOf(path) || roomOf(target) === roomOf(path));
}

function levelOf(path: string): number {
  return ROOMS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

/** The folder in `lib/`, or the name of a file that stands by itself. */
function roomOf(path: string): string {
  if (path === "cli.ts") return "process";
  if (path === "mod.ts") return "mod";
  return /^lib\/(\w+)(?:\/|\.ts$)/.exec(path)?.[1] ?? "none";
}
