/**
 * Gives the splits and dividends of stocks: from a file, or from the REST API, whose answers are
 * kept in the cache.
 *
 * @module
 */

import { IntegrityError, UsageError } from "../errors.ts";
import { checkGiven, checkOptions, FUNCTION, list, needed } from "../given.ts";
import { beyondRange, type Split, uniqueSplits } from "./split.ts";
import {
  type ActionKind,
  fetchActionRows,
  KeptAnswers,
  keyFor,
  type RestOptions,
  restPath,
  tickersText,
} from "./rest_tables.ts";
import { type ApiKey, RUN_KINDS, runKinds, type SplitSource } from "../settings.ts";
import { RestClient } from "./rest_client.ts";
import { readActionFile } from "./action_file.ts";
import { type Dividend, uniqueDividends } from "./dividend_factors.ts";
import { readDividend, readDividends } from "./dividend_text.ts";
import { readSplit, readSplits } from "./split_text.ts";
import { readVendorRow, tickerIn } from "./table_file.ts";

/** Where splits or dividends come from, and how they are asked for. */
export interface LoadSplitsOptions extends SplitSource, RestOptions {
  /**
   * The symbols that the tickers are spellings or earlier names of; a file that names no ticker
   * is refused for several.
   *
   * @default {the tickers}
   */
  readonly symbols?: readonly string[] | undefined;
}

/**
 * The splits of each ticker, oldest first, as far as they are executed: one that is announced
 * for a date after today, in New York, is left out. A ticker that is no stock's, such as
 * `X:BTC-USD`, has none; nor are options adjusted, whose contracts change in other ways.
 *
 * The REST API knows the tickers of today: the splits of `FB` are those of `META`.
 *
 * @param tickers In the vendor's spelling. In a file they may also be spelled as symbols are.
 * @throws {UsageError} when the file cannot be read.
 * @throws {ConfigurationError} when there is no key, it is refused, or nothing is kept offline.
 * @throws {RestError} {@linkcode NetworkError} when the REST API refuses, or cannot be reached.
 * @throws {IntegrityError} when its answer cannot be used.
 * @throws {StorageError} when the cache cannot be written.
 */
export async function loadSplits(
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Map<string, Split[]>> {
  return await load(SPLITS, tickers, options);
}

/**
 * The dividends of each ticker, oldest first, as far as their ex-date has come; otherwise as
 * {@linkcode loadSplits}.
 */
export async function loadDividends(
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Map<string, Dividend[]>> {
  return await load(DIVIDENDS, tickers, options);
}

/** What a company did to a share. */
interface Action {
  readonly ticker: string;
}

/** How one kind of them is read. */
interface Kind<A extends Action> {
  readonly name: ActionKind;
  readonly dateOf: (action: A) => string;
  /** Only takes away what the REST API has of its date. */
  readonly isNothing: (action: A) => boolean;
  readonly unique: (actions: Iterable<A>) => A[];
  /** A row of the REST API's. @throws {SyntaxError} */
  readonly read: (row: unknown) => A;
  /** A file's text. @throws {UsageError} */
  readonly readText: (
    text: string,
    name: string,
  ) => (Omit<A, "ticker"> & { readonly ticker: string | undefined })[];
  /** What is wrong with all of a ticker's together. */
  readonly defectOf: (actions: readonly A[]) => string | undefined;
}

const SPLITS: Kind<Split> = {
  name: "splits",
  dateOf: ({ executionDate }) => executionDate,
  isNothing: ({ from, to }) => from === to,
  unique: uniqueSplits,
  read: readSplit,
  readText: readSplits,
  defectOf: (splits) => beyondRange(splits) && "they make a factor beyond 1e100",
};

const DIVIDENDS: Kind<Dividend> = {
  name: "dividends",
  dateOf: ({ exDate }) => exDate,
  isNothing: ({ amount }) => amount === 0,
  unique: uniqueDividends,
  read: readDividend,
  readText: readDividends,
  defectOf: () => undefined,
};

const TICKERS = list('"TSLA"');

const OPTION_KINDS = {
  ...RUN_KINDS.splits.fields,
  ...runKinds(
    "cacheDirectory",
    "refresh",
    "offline",
    "signal",
    "fetch",
    "random",
    "limits",
    "nowMs",
  ),
  symbols: TICKERS,
  onNotice: FUNCTION,
  onRetry: FUNCTION,
};

async function load<A extends Action>(
  kind: Kind<A>,
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Map<string, A[]>> {
  checkGiven({ tickers }, { tickers: needed(TICKERS) });
  checkOptions(options, OPTION_KINDS);
  const stocks = [...new Set(tickers)].filter(isStock);
  const today = todayInNewYork(options.nowMs ?? Date.now());
  const all = (await tableOf(kind, stocks, options))
    .filter((action) => kind.dateOf(action) <= today && !kind.isNothing(action));
  const byTicker = Map.groupBy(all, ({ ticker }) => ticker);
  const byDate = (a: A, b: A) => kind.dateOf(a) < kind.dateOf(b) ? -1 : 1;
  return new Map(tickers.map((ticker) => [ticker, (byTicker.get(ticker) ?? []).sort(byDate)]));
}

/** The vendor's tickers of all else have a prefix. */
function isStock(ticker: string): boolean {
  return /^[A-Za-z][\w.]*$/.test(ticker);
}

function todayInNewYork(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO("America/New_York").toPlainDate().toString();
}

/** The file's rows, or the REST API's, or the latter but for the dates that the file has. */
async function tableOf<A extends Action>(
  kind: Kind<A>,
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<A[]> {
  const { file, isPartial, symbols = tickers, signal, onNotice } = options;
  if (file === undefined) return await throughCache(kind, tickers, options);
  const read = { what: kind.name, read: kind.readText, tickers, symbols, signal, onNotice };
  // What stands there under two spellings is one.
  const own = kind.unique(await readActionFile(file, read) as unknown as A[]);
  if (!isPartial) return own;
  const idOf = (action: A) => `${kind.dateOf(action)} ${action.ticker}`;
  const dates = new Set(own.map(idOf));
  const others = await throughCache(kind, tickers, options);
  const all = [...others.filter((action) => !dates.has(idOf(action))), ...own];
  for (const [ticker, ofTicker] of Map.groupBy(all, ({ ticker }) => ticker)) {
    const defect = kind.defectOf(ofTicker);
    if (defect === undefined) continue;
    throw new UsageError(
      `Cannot use the ${kind.name} of ${ticker} with those of a file: ${defect}`,
    );
  }
  return all;
}

async function throughCache<A extends Action>(
  kind: Kind<A>,
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<A[]> {
  const answers = await KeptAnswers.open<Omit<A, "ticker">>(kind.name, options);
  const found: A[] = [];
  const missing: string[] = [];
  for (const ticker of tickers) {
    const kept = await answers.read(ticker);
    if (kept === undefined) missing.push(ticker);
    else found.push(...kept.map((row) => ({ ...row, ticker }) as unknown as A));
  }
  if (missing.length === 0) return found;
  const fetched = await fetchActions(kind, missing, options);
  const byTicker = Map.groupBy(fetched, ({ ticker }) => ticker);
  for (const ticker of missing) {
    const rows = (byTicker.get(ticker) ?? []).map(({ ticker: _, ...row }) => row);
    await answers.write(ticker, rows);
  }
  return [...found, ...fetched];
}

async function fetchActions<A extends Action>(
  kind: Kind<A>,
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<A[]> {
  const { name } = kind;
  const apiKey = await keyFor(`the ${name} of ${tickers.join(", ")}`, options);
  using client = new RestClient({ ...options, apiKey });
  const rows = await fetchActionRows(client, name, { tickers, signal: options.signal });
  const wanted = new Set(tickers);
  // Rows of other tickers are left out, but what is of no ticker may be of one of these.
  const read = <T>(of: string, make: () => T) => orUnusable(make, { name, of, apiKey });
  const placed = rows.map((row) => ({ row, of: read(tickersText(tickers), () => tickerOf(row)) }));
  const actions = kind.unique(
    placed.filter(({ of }) => wanted.has(of)).map(({ row, of }) => read(of, () => kind.read(row))),
  );
  for (const [ticker, ofTicker] of Map.groupBy(actions, ({ ticker }) => ticker)) {
    const defect = kind.defectOf(ofTicker);
    if (defect !== undefined) throw unusable(name, ticker, defect);
  }
  return actions;
}

function tickerOf(value: unknown): string {
  return readVendorRow(value, "a ticker", (row) => ({ ticker: tickerIn(row) })).ticker;
}

/** What the server sent is told, unless it sent the key. */
function orUnusable<T>(
  make: () => T,
  { name, of, apiKey }: { name: ActionKind; of: string; apiKey: ApiKey },
): T {
  try {
    return make();
  } catch (error) {
    throw unusable(name, of, (error as Error).message.replaceAll(apiKey.value, "…"));
  }
}

function unusable(kind: ActionKind, ticker: string, what: string): IntegrityError {
  const message = `Cannot use the ${kind} of ${ticker}: ${what}`;
  return new IntegrityError(message, { key: restPath(kind), check: "format" });
}
