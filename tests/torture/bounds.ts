/**
 * Inputs that are larger than anybody's, or no files at all: each run ends in ten seconds, says why
 * where it does not do what was asked, and never keeps a signal waiting for two.
 *
 * @module
 */

import { assert, assertLessOrEqual } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { generateCryptoMinutes } from "../../fixtures/minute_files.ts";
import { type SpawnOptions, stockFiles, World } from "../program/harness.ts";

const MOST_MS = 10_000;
const MOST_GAP_MS = 2_000;

/** What was played, and the worst of it. */
export interface BoundsReport {
  cases: number;
  slowestMs: number;
  slowest: string;
  longestGapMs: number;
  longestGap: string;
}

/** A run, and how it has to end. */
interface Case extends SpawnOptions {
  readonly args: readonly string[];
  readonly code: number;
  readonly says?: string;
  /** How long it may take, where it does more than say no. @default {10_000} */
  readonly mostMs?: number;
}

/** Plays every case, each in a process of its own. */
export async function playBounds(): Promise<BoundsReport> {
  const report = { cases: 0, slowestMs: 0, slowest: "", longestGapMs: 0, longestGap: "" };
  for (const make of [refusedCases, symbolCases, minuteCases]) {
    await using stage = await make();
    for (const [name, one] of Object.entries(stage.cases)) {
      await play(stage.world, name, one, report);
    }
  }
  return report;
}

async function play(world: World, name: string, one: Case, report: BoundsReport): Promise<void> {
  const startMs = performance.now();
  const preload = decodeURIComponent(new URL("./gap_probe.ts", import.meta.url).pathname);
  const { code, stderr } = await world.spawn(one.args, { ...one, preload });
  const tookMs = Math.round(performance.now() - startMs);
  const gapMs = Number(/longest gap: (\d+) ms/.exec(stderr)?.[1] ?? NaN);
  const told = `${name}: exit ${code}, ${tookMs} ms, gap ${gapMs} ms\n${stderr.slice(-2_000)}`;
  assert(code === one.code && stderr.includes(one.says ?? ""), told);
  assertLessOrEqual(tookMs, one.mostMs ?? MOST_MS, told);
  assertLessOrEqual(gapMs, MOST_GAP_MS, told);
  report.cases++;
  if (tookMs > report.slowestMs) Object.assign(report, { slowestMs: tookMs, slowest: name });
  if (gapMs > report.longestGapMs) Object.assign(report, { longestGapMs: gapMs, longestGap: name });
}

/** Cases, and the world in which they are played. */
interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly cases: Readonly<Record<string, Case>>;
}

function stageOf(world: World, cases: Stage["cases"], more?: AsyncDisposable): Stage {
  const end = async () => {
    await more?.[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  };
  return { world, cases, [Symbol.asyncDispose]: end };
}

const IN_JANUARY = ["--from", "2025-01-02", "--to", "2025-01-31"];

/** What is refused, or bounded: files that are none, endless lists, few open files. */
async function refusedCases(): Promise<Stage> {
  const world = await World.open([stockFiles()]);
  const { home } = world;
  const cases: Record<string, Case> = {};
  const noKeys = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
  await Deno.writeFile(`${home}/large`, new Uint8Array(60 << 20));
  await Deno.mkdir(`${home}/directory`);
  await new Deno.Command("mkfifo", { args: [`${home}/pipe`] }).output();
  for (const path of [`${home}/large`, `${home}/directory`, `${home}/pipe`, "/dev/zero"]) {
    const says = `"${path}": it `;
    cases[`--symbols ${path}`] = { args: ["--symbols", path], code: 2, says };
    cases[`--splits ${path}`] = { args: ["TSLA", "--splits", path], code: 2, says };
    const env = { ...noKeys, AWS_CONFIG_FILE: path };
    cases[`AWS_CONFIG_FILE=${path}`] = { args: ["TSLA"], code: 4, says, env };
  }
  const table = (columns: string) => (name: string, count: number, row: (i: number) => string) =>
    Deno.writeTextFileSync(
      `${home}/${name}`,
      `${columns}\n${Array.from({ length: count }, (_, i) => `TSLA,${row(i)}\n`).join("")}`,
    );
  const splits = table("ticker,execution_date,split_from,split_to");
  const dividends = table("ticker,date,amount");
  const day = (i: number) => new Date((i - 40_000) * 86_400_000).toISOString().slice(0, 10);
  splits("50000", 50_000, (i) => `${day(i)},${i % 2 + 1},${2 - i % 2}`);
  splits("decimals", 180_000, (i) => `${day(i % 60_000)},1234567891,1234567${i % 1_000}.5`);
  splits("beyond", 40, (i) => `${day(i)},1,1234567890`);
  table("ticker,date,ratio")("ratios", 250_000, (i) => `${day(i % 60_000)},1.${i + 1_000_000}`);
  dividends("50000_paid", 50_000, (i) => `2025-01-${10 + i % 20},0.00000${i}`);
  dividends("dividends", 250_000, (i) => `${day(i % 60_000)},0.${i + 1_000_000}`);
  const adjusted = (name: string) => ["TSLA", ...IN_JANUARY, "--splits", `${home}/${name}`];
  const paid = (name: string) => [...adjusted("50000"), "--dividends", `${home}/${name}`];
  cases["50,000 splits"] = { args: adjusted("50000"), code: 0 };
  cases["50,000 splits, corrected"] = { args: [...adjusted("50000"), "--splits-fix"], code: 0 };
  cases["50,000 splits and 50,000 dividends"] = { args: paid("50000_paid"), code: 0 };
  cases["8 MB of ratios"] = { args: adjusted("ratios"), code: 2, says: "beyond 1e100" };
  cases["8 MB of dividends"] = { args: paid("dividends"), code: 0 };
  cases["8 MB of splits of ten digits"] = {
    args: adjusted("decimals"),
    code: 2,
    says: "beyond 1e100",
  };
  cases["splits that no double holds"] = { args: adjusted("beyond"), code: 2, says: ", line " };
  for (const [symbols, openFiles] of [[1, 32], [300, 256], [1_200, 1_024]] as const) {
    const path = `${home}/${symbols}`;
    Deno.writeTextFileSync(path, Array.from({ length: symbols }, (_, i) => `A${i}`).join("\n"));
    const args = ["--symbols", path, ...IN_JANUARY];
    const says = "ulimit -n";
    cases[`${symbols} symbols at ulimit -n ${openFiles}`] = { args, code: 6, says, openFiles };
  }
  const listing = serveManyKeys(1_000_000);
  cases["a listing of 1,000,000 keys"] = {
    args: ["TSLA", "--from", "2024-01-02", "--to", "2024-12-31"],
    code: 4,
    says: "it has more than 100000 keys",
    env: { FLATFETCH_ENDPOINT: `http://127.0.0.1:${listing.addr.port}` },
  };
  return stageOf(world, cases, listing);
}

/** As many symbols as nobody has, and thousands that are loaded, read and checked. */
async function symbolCases(): Promise<Stage> {
  const span = { from: "2025-01-02", to: "2025-06-30" };
  const files = generateStockDays({ tickers: 3_000, ...span });
  const world = await World.open([files]);
  const within = ["--from", span.from, "--to", span.to, "-q"];
  const list = (name: string, count: number, of: (i: number) => string) => {
    const path = `${world.home}/${name}`;
    Deno.writeTextFileSync(path, Array.from({ length: count }, (_, i) => of(i)).join("\n"));
    return ["--symbols", path];
  };
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const many = list(
    "100000",
    100_000,
    (i) => [17_576, 676, 26, 1].map((power) => letters[Math.floor(i / power) % 26]).join(""),
  );
  const tickers = [...files.tickers];
  const all = [...list("all", tickers.length, (i) => tickers[i]!), ...within];
  const output = (name: string) => ["-o", `${world.home}/${name}`];
  const slow = { mostMs: 60_000 };
  return stageOf(world, {
    "100,000 symbols --dry-run": { args: [...many, "--dry-run"], code: 0 },
    "3,000 symbols without journals": { args: [...all, ...output("a.csv")], code: 7, ...slow },
    "3,000 symbols from the cache": { args: [...all, "--json"], code: 7, ...slow },
    "3,000 symbols, weeks as JSON": {
      args: [...all, "-i", "1wk", ...output("a.json")],
      code: 7,
      ...slow,
    },
    "3,000 symbols as Parquet": { args: [...all, ...output("a.parquet")], code: 7, ...slow },
    "check of 3,000 symbols": { args: ["check", ...all], code: 3, ...slow },
    "check of 3,000 symbols --json": { args: ["check", ...all, "--json"], code: 3, ...slow },
    "list of 3,000 symbols": { args: ["list"], code: 0, ...slow },
    "clear --all of 3,000 symbols": { args: ["clear", "--all"], code: 0, ...slow },
    "3,000 symbols with journals": {
      args: [...all, "--keep-limit", "0", "--save-every", "1000"],
      code: 7,
      ...slow,
    },
  });
}

/** Half a million minutes of one symbol. */
async function minuteCases(): Promise<Stage> {
  const span = { from: "2024-01-01", to: "2024-12-31" };
  const files = generateCryptoMinutes({ tickers: ["X:BTC-USD"], ...span });
  const world = await World.open([files]);
  const of = ["BTC-USD", "--from", span.from, "--to", span.to, "-q"];
  const page = ["--html", `${world.home}/page.html`];
  const slow = { mostMs: 60_000 };
  return stageOf(world, {
    "half a million minutes": { args: [...of, "-i", "1m", "-y"], code: 0, ...slow },
    "half a million minutes as hours": {
      args: [...of, "-i", "1h", "-o", `${world.home}/a.csv`],
      code: 0,
      ...slow,
    },
    "half a million minutes as JSON": {
      args: [...of, "-i", "1m", "-o", `${world.home}/a.json`],
      code: 0,
      ...slow,
    },
    "check of half a million minutes": { args: ["check", ...of, "-i", "1m"], code: 0, ...slow },
    "chart of half a million minutes": { args: ["chart", ...of, "-i", "1m"], code: 0, ...slow },
    "a page of half a million minutes": {
      args: ["chart", ...of, "-i", "1m", ...page],
      code: 2,
      says: "want at most 250000",
    },
    "a page of 250,000 bars": { args: ["chart", ...of, "-i", "5m", ...page], code: 0, ...slow },
  });
}

/** An S3 that lists as many keys under whatever prefix, a thousand a page. */
function serveManyKeys(count: number) {
  const page = (request: Request) => {
    const query = new URL(request.url).searchParams;
    const prefix = query.get("prefix") ?? "";
    const from = Number(query.get("continuation-token") ?? 0);
    const to = Math.min(from + 1_000, count);
    const next = to < count ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
    const keys = Array.from(
      { length: to - from },
      (_, i) =>
        `<Contents><Key>${prefix}01/${from + i}.csv.gz</Key><Size>1</Size>` +
        `<ETag>&quot;${String(from + i).padStart(32, "0")}&quot;</ETag></Contents>`,
    );
    return new Response(
      `<ListBucketResult><Prefix>${prefix}</Prefix><KeyCount>${keys.length}</KeyCount>` +
        `<IsTruncated>${next !== ""}</IsTruncated>${next}${keys.join("")}</ListBucketResult>`,
      { headers: { "content-type": "application/xml" } },
    );
  };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
}
