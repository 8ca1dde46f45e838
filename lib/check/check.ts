/**
 * Checks what is cached of some symbols against the bucket and against itself. Of what is not
 * cached it tells which files the account's plan excludes.
 *
 * @module
 */

import { loadActions } from "../adjust/adjustment.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { Strays } from "../bucket/dated_files.ts";
import { CacheDirectory } from "../cache/directory.ts";
import { findSource, makeSource } from "../cache/sources.ts";
import { fileFindings, listedIn } from "./compare_files.ts";
import { type Compared, compareSymbols, type Look } from "./compare_symbols.ts";
import { keptOptions, Listing } from "../bucket/listing.ts";
import { startFindings, unreadableText } from "../load/symbol_findings.ts";
import { withHistories } from "../load/follow.ts";
import type { UnreadableFile } from "../load/loaded_symbol.ts";
import type { Finding } from "../market/finding.ts";
import { clipHistory, type TickerSpan } from "../market/ticker_history.ts";
import { readRequest, type SymbolRequest } from "../request.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { type Connection, LazyConnection } from "../load/run_connection.ts";
import { type PreloadOptions, type Settings, todayOf, withDefaults } from "../settings.ts";
import type { RunContext } from "../load/run_context.ts";
import { completeListing } from "../load/update.ts";
import { findCoverage } from "../bucket/coverage.ts";
import { type DatedObject, isInSpan } from "../dated_object.ts";
import { reportEarlierStarts } from "../load/reports.ts";

/**
 * What is checked, and where. Only `refresh`, `offline` and `maxAgeMs` say what may be listed; the
 * reporter gets notices.
 */
export type CheckOptions = Omit<PreloadOptions, "keepLimitBytes" | "saveEvery" | "wait">;

/** What was found of one symbol. */
export interface SymbolCheck {
  /** The dataset whose files its bars are from. */
  readonly dataset: string;
  /** The vendor's spelling: one that is cached, else the likeliest. */
  readonly ticker: string;
  /** Where its company is followed: the tickers that it has had in the period, oldest first. */
  readonly history?: readonly TickerSpan[];
  /** First and last date that were checked, both included. */
  readonly period: { readonly from: string; readonly to: string };
  /** The dates of the files that the bucket lists in the period, ascending. */
  readonly dates: readonly string[];
  /** Those that are cached as they are listed. */
  readonly cached: number;
  /** The bars in them. */
  readonly bars: number;
  /** Date of the first bar, `null` when there is none. */
  readonly from: string | null;
  /** Date of the last bar. */
  readonly to: string | null;
  /** Of files, then of dates, then of bars. */
  readonly findings: readonly Finding[];
}

/** What a check found. */
export interface CheckResult {
  /** By the symbol as it was asked for; a stock's in the case that is cached. */
  readonly symbols: Readonly<Record<string, SymbolCheck>>;
  /** Whether there is no finding but notes. */
  readonly clean: boolean;
  /** When the oldest part of the listing was made, in milliseconds since the epoch. */
  readonly listedAtMs: number;
  /** Files whose first byte was asked for, to tell which of those not cached are refused. */
  readonly probed: number;
  /** What the bucket lists among the files in the years of the periods, and is no flat file. */
  readonly strays: Strays;
}

/**
 * Compares what is cached of some symbols with the bucket's listing, and looks for bars that
 * are missing or cannot be true. Nothing is downloaded or repaired: the next `preload()` does
 * that, for the findings that it can mend. With `adjust`, what such a run adjusts for is held
 * against the prices, with the same findings.
 *
 * The listing is taken from the cache where it is young enough, else made anew. Where files
 * are not cached, some of them are asked for by their first byte to tell which the account's
 * plan excludes; offline that stays unknown. An abort rejects with the signal's reason.
 *
 * @throws {import("../errors.ts").UsageError} when a symbol, period, interval or option cannot be read.
 * @throws {import("../errors.ts").ConfigurationError} when the network is needed and credentials are missing.
 * @throws {import("../errors.ts").OfflineError} offline, when the bucket was never listed for the period.
 * @throws {import("../errors.ts").S3Error} `NetworkError` or `IntegrityError`: when the bucket cannot be asked.
 * @throws {import("../errors.ts").StorageError} or a `JournalError`: when the cache cannot be read.
 */
export async function checkSymbols(
  symbols: readonly string[],
  options: CheckOptions,
): Promise<CheckResult> {
  const settings = withDefaults(options);
  const given = readRequest(symbols, settings, todayOf(settings));
  const root = new CacheDirectory(settings.cacheDirectory);
  await root.check();
  const directory = await findSource(root, sourceName(settings));
  await directory.check();
  const context = { directory, settings };
  const requests = await withHistories(given, settings);
  const { fixSplits } = settings;
  const adjustment = { actions: await loadActions(requests, settings), fixSplits };
  await using connection = new LazyConnection(settings);
  const listing = await listFiles(requests, { ...context, connection });
  reportEarlierStarts(requests, listing, settings);
  const compared = await connection.whileWorking(() => compareSymbols(requests, listing, context));
  const missing = compared.map(({ files }) => files.missing);
  const { offline } = settings;
  const { refused, asked } = await findRefused(missing, { offline, connection });
  const checks: (readonly [symbol: string, check: SymbolCheck])[] = [];
  const giveWay = givingWay();
  for (const { look, ...one } of compared) {
    await giveWay();
    const found = await look(adjustment);
    checks.push([one.symbol, toCheck({ ...one, look: found }, refused)]);
  }
  const findings = checks.flatMap(([, { findings }]) => findings);
  return {
    symbols: Object.fromEntries(checks),
    clean: findings.every(({ severity }) => severity === "note"),
    listedAtMs: listing.listedAtMs,
    probed: asked,
    strays: listing.strays,
  };
}

async function listFiles(
  requests: readonly SymbolRequest[],
  { directory, settings, connection }: RunContext & { readonly connection: LazyConnection },
): Promise<Listing> {
  const listing = await Listing.readKept(requests, keptOptions(settings, directory));
  if (requests.every((request) => listing.covers(request))) return listing;
  if (!settings.offline) {
    await makeSource(new CacheDirectory(settings.cacheDirectory), sourceName(settings));
  }
  const context = { directory, settings, connection: await connection.get() };
  await completeListing(requests, listing, context);
  return listing;
}

function toCheck(
  { request, ticker, files, damaged, look }: Omit<Compared, "look"> & { readonly look: Look },
  refused: ReadonlySet<string>,
): SymbolCheck {
  const { dataset, period: { from, to }, history } = request;
  const { bars, unreadable } = look;
  const listed = listedIn(files);
  const keys = new Map(files.current.map(({ date, key }) => [date, key]));
  return {
    dataset: dataset.name,
    ticker,
    ...(history && { history: clipHistory(history, { from, to }) }),
    period: { from, to },
    dates: listed.map(({ date }) => date),
    cached: files.current.length,
    bars: bars.count,
    from: bars.from,
    to: bars.to,
    findings: [
      ...startFindings(request, listed),
      ...damaged.map(noteDamaged),
      ...fileFindings(files, refused),
      ...unreadable.map((file) => noteUnreadable(file.ticker, file)),
      ...look.findings.map((finding) => withKey(finding, keys)),
    ],
  };
}

function noteDamaged(ticker: string): Finding {
  const text = `the cache entry of ${ticker} is damaged`;
  return { kind: "damaged", severity: "problem", dates: [], text };
}

function noteUnreadable(ticker: string, file: UnreadableFile): Finding {
  const { key, date } = file;
  const text = unreadableText(ticker, file);
  return { kind: "unreadable", severity: "problem", dates: [date], key, text };
}

/** The finding with the key of its file, when it is of one date. */
function withKey(finding: Finding, keys: ReadonlyMap<string, string>): Finding {
  const key = finding.dates.length === 1 ? keys.get(finding.dates[0]!) : undefined;
  return key === undefined ? finding : { ...finding, key };
}

/**
 * Asks for the first byte of a few files of each list, and takes those between two that are
 * refused to be refused as well (see `coverage.ts`). Nothing is asked offline, or when no file
 * is given.
 *
 * @param lists Each ascending by date, of one dataset.
 * @returns the keys of the refused files, and for how many files was asked.
 * @throws what `S3Client.probe()` does.
 */
export async function findRefused(
  lists: readonly (readonly DatedObject[])[],
  { offline, connection }: Pick<Settings, "offline"> & { readonly connection: LazyConnection },
): Promise<{ refused: ReadonlySet<string>; asked: number }> {
  const refused = new Set<string>();
  if (offline || lists.every(({ length }) => length === 0)) return { refused, asked: 0 };
  const opened = await connection.get();
  const answers = new Map<string, Promise<boolean>>();
  const isRefused = ({ key }: DatedObject) =>
    answers.getOrInsertComputed(key, () => ask(key, opened));
  for (const files of lists) {
    const { spans } = await findCoverage(files, isRefused);
    for (const span of spans.filter(({ refused }) => refused)) {
      for (const file of files) if (isInSpan(file, span)) refused.add(file.key);
    }
  }
  return { refused, asked: answers.size };
}

async function ask(key: string, connection: Connection): Promise<boolean> {
  const { client, semaphore, signal } = connection;
  const answer = await semaphore.run(() => client!.probe(key, { signal }), { signal });
  connection.keepAlive();
  return answer === "refused";
}
