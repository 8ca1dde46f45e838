/**
 * Holds the order of the rooms, who may import whom, and who may touch the outside world.
 *
 * @module
 */

import { assert } from "@std/assert";
import { files } from "./sources.ts";

/** From the ground up. A room imports the rooms below its line, and itself. */
const ROOMS: readonly (readonly string[])[] = [
  ["deps"],
  ["errors", "progress", "dated_object", "text_file", "concurrency"],
  ["given", "http"],
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

/** What only some files may do, and which. */
const PRIVILEGES: readonly { what: string; pattern: RegExp; only: RegExp }[] = [
  { what: "end the process", pattern: /\bDeno\.exit(Code)?\b/, only: /^cli\.ts$/ },
  {
    what: "use the environment",
    pattern: /\bDeno\.env\b/,
    only: /^lib\/(cli\/access\/environment|http\/connections)\.ts$/,
  },
  {
    what: "ask for a permission",
    pattern: /\bpermissions\.request/,
    only: /^lib\/cli\/access\/(environment|permissions)\.ts$/,
  },
  {
    what: "use a standard stream",
    pattern: /\bconsole\.|\bDeno\.(stdout|stderr|stdin)\b/,
    only: /^lib\/cli\/terminal\/(terminal|output_stream)\.ts$/,
  },
  {
    what: "write to the disk",
    pattern:
      /\bDeno\.(write\w+|open|openSync|create|mkdir\w*|remove\w*|rename\w*|truncate\w*|symlink\w*|link\w*|chmod\w*)\(/,
    only: /^lib\/cache\//,
  },
  {
    what: "parse XML",
    pattern: /\bXML(Parser|Validator)\b/,
    only: /^lib\/(deps\/fast_xml_parser|s3\/xml)\.ts$/,
  },
  {
    what: "import a package",
    pattern: /\b(from|import)\s*\(?["'](npm|jsr|https?):/,
    only: /^lib\/deps\/\w+\.ts$/,
  },
];

/** Files that do no input or output and read no clock, nor does what is loaded with them. */
const PURE = [
  "lib/market/*",
  "lib/adjust/(table_file|dividend|split|split_jump|split_text|dividend_text|overnight|dividend_factors|correct_splits|price_findings|adjusted_prices|rename_text).ts",
  "lib/output/(columns|format|parquet|row_group|text).ts",
  "lib/flatfile/(extract|flat_file|row_search|file_rows|row_text|ticker_set|family_rows|found_rows).ts",
  "lib/load/(plan|tasks|verdict|summary|summarize).ts",
  "lib/check/compare_files.ts",
  "lib/lake/(footer|layout|column_pages).ts",
  "lib/(dated_object|given|request).ts",
  "lib/concurrency/(semaphore|pace).ts",
  "lib/bucket/(coverage|dated_files).ts",
  "lib/chart/(frames|page_data|page_body).ts",
  "lib/s3/(retry|refusal_reason).ts",
  "lib/http/(backoff|bandwidth|endpoint|status).ts",
  "lib/cli/progress/progress_state.ts",
  "lib/cli/render/*",
  "lib/cli/chart/*",
  "lib/cli/arguments/(quantities|symbol_words|misspelt|command_doc|command_spec).ts",
  "lib/cli/explain/(result_hints|exits).ts",
  "lib/cli/commands.ts",
  "lib/cli/commands/[a-z]+.ts",
  "lib/cli/options/*",
  "lib/cli/completions/*",
].map((glob) => new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", "\\w*(\\.ts)?")}$`));

/** What works on a file that somebody else opened; no pure file can open one to pass it on. */
const OPEN_FILE = /\bDeno\.(FsFile|SeekMode)\b/g;

Deno.test("every source file is in one room", () => {
  for (const { path } of files) assert(levelOf(path) !== -1, `${path} is in no room`);
});

Deno.test("every import goes down, or stays in its room", () => {
  for (const { path, imports } of files) {
    for (const target of imports) {
      assert(mayImport(path, target), `${path} must not import ${target}`);
    }
  }
});

Deno.test("no import goes round in a circle, but for what is loaded later", () => {
  const importsOf = new Map(
    files.map(({ path, imports, later }) => [path, imports.filter((to) => !later.includes(to))]),
  );
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]) => {
    assert(!above.includes(path), `circle: ${[...above, path].join(" → ")}`);
    if (done.has(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...above, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
});

for (const { what, pattern, only } of PRIVILEGES) {
  Deno.test(`only ${only.source} may ${what}`, () => {
    for (const { path, code } of files) {
      if (!only.test(path)) assert(!pattern.test(code), `${path} must not ${what}`);
    }
  });
}

Deno.test("pure modules do no input or output and read no clock", () => {
  const impure = /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\bfetch\(/;
  const pure = files.filter(({ path }) => PURE.some((pattern) => pattern.test(path)));
  for (const pattern of PURE) {
    assert(pure.some(({ path }) => pattern.test(path)), `${pattern.source} is no file`);
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const { path } of pure) {
    const loaded = new Set([path]);
    for (const part of loaded) {
      const { code, needs } = byPath.get(part)!;
      const [found] = impure.exec(part === path ? code : code.replace(OPEN_FILE, "")) ?? [];
      assert(found === undefined, `${path} is not pure: ${part} has ${found}`);
      for (const need of needs) loaded.add(need);
    }
  }
});

Deno.test("no module has mutable state at its top level", () => {
  for (const { path, code } of files) {
    const found = /^(export )?(let|var) .*/m.exec(code);
    assert(found === null, `${path}: ${found?.[0]}`);
  }
});

Deno.test("no file is named as a drawer", () => {
  for (const { path } of files) {
    assert(!/\/(utils?|helpers?|common|misc|types|constants)\.ts$/.test(path), path);
  }
});

function mayImport(path: string, target: string): boolean {
  if (target === "deno.json") return path === "lib/cli/main.ts";
  return levelOf(target) < levelOf(path) || roomOf(target) === roomOf(path);
}

function levelOf(path: string): number {
  return ROOMS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

/** The folder in `lib/`, or the name of a file that stands by itself. */
function roomOf(path: string): string {
  if (path === "cli.ts") return "process";
  return path.replace(/^lib\//, "").replace(/(\/.*|\.ts)$/, "");
}
