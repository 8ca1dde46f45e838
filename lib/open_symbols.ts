/**
 * Finds the ticker of each symbol and opens what is recorded of it.
 *
 * @module
 */

import type { CacheDirectory } from "./cache/directory.ts";
import { readEntry } from "./cache/entry.ts";
import { isKnownTicker, TickerRecords } from "./cache/ticker_records.ts";
import { tickersOf } from "./extract.ts";
import { verdictOf } from "./failure.ts";
import type { Listing } from "./listing.ts";
import { nearestTickers } from "./market/nearest.ts";
import { type DatedObject, isRecorded } from "./dated_object.ts";
import type { Want } from "./plan.ts";
import type { SymbolRequest } from "./request.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import { filesOf, type LoadedSymbol } from "./summary.ts";

/** A symbol of the request, whose records this process alone works on. */
export interface OpenSymbol extends LoadedSymbol, Want {
  readonly store: TickerRecords;
}

/** Where a symbol's records are looked for. */
export interface OpenOptions {
  readonly directory: CacheDirectory;
  readonly listing: Listing;
  readonly settings: Settings;
  readonly session: Session;
}

/**
 * The symbol's records, when a young listing and the cache entry alone have every file
 * of the request; then no lock and no network is needed.
 */
export async function readHit(
  request: SymbolRequest,
  { directory, listing }: Pick<OpenOptions, "directory" | "listing">,
): Promise<LoadedSymbol | undefined> {
  if (!listing.covers(request)) return undefined;
  const files = filesOf(request, listing.byDataset());
  for (const ticker of request.tickers) {
    const entry = await readEntry(
      directory.entryPath(request.dataset.name, ticker),
    );
    if (
      !entry?.whole || !files.every((file) => isRecorded(file, entry.records))
    ) continue;
    return {
      request,
      ticker,
      ...spelling(request, ticker),
      records: entry.records,
      cached: true,
    };
  }
  return undefined;
}

/**
 * Opens every symbol under its ticker's lock; all are closed with the stack. Symbols that
 * turn out to stand for one ticker, such as `TSLA` and `tsla`, count as the first of them.
 *
 * @throws {LockedError} when another process works on one of them.
 */
export async function openSymbols(
  requests: readonly SymbolRequest[],
  stack: AsyncDisposableStack,
  options: OpenOptions,
): Promise<OpenSymbol[]> {
  const newest = new NewestFiles(options);
  const open: OpenSymbol[] = [];
  for (const request of requests) {
    const choice = await chooseTicker(request, newest, options);
    if (open.some((one) => isOf(one, request, choice))) continue;
    const symbol = await openSymbol(request, choice, options);
    stack.use(symbol.store);
    for (const message of symbol.store.notices) {
      options.session.tell({ type: "notice", message });
    }
    open.push(symbol);
  }
  return open;
}

/** What a symbol stands for, and when nothing is known of it, what it may have been meant for. */
interface Choice {
  readonly ticker: string;
  readonly suggestions?: readonly string[];
}

function isOf(one: OpenSymbol, { dataset }: SymbolRequest, { ticker }: Choice): boolean {
  return one.dataset === dataset.name && one.ticker === ticker;
}

async function openSymbol(
  request: SymbolRequest,
  { ticker, suggestions }: Choice,
  { directory, settings }: OpenOptions,
): Promise<OpenSymbol> {
  const { dataset, period, interval } = request;
  const { symbol } = spelling(request, ticker);
  const store = await TickerRecords.open(directory, {
    host: new URL(settings.endpoint).hostname,
    bucket: settings.bucket,
    dataset: dataset.name,
    ticker,
    symbol,
    period: period.name,
    interval,
  });
  const { from, to } = period;
  const { records } = store;
  const want = { dataset: dataset.name, from, to, recorded: records };
  return {
    ...want,
    request,
    symbol,
    ticker,
    cached: false,
    suggestions,
    store,
    records,
  };
}

/** A stock's symbol takes the case of the ticker that was chosen; others are as typed. */
function spelling(request: SymbolRequest, ticker: string): { symbol: string } {
  const isExact = ticker === request.tickers[0];
  return { symbol: isExact ? request.symbol : request.symbol.toUpperCase() };
}

/**
 * The spelling of which something is recorded, else the one that the newest file has.
 * When that has none of them, tells so before much is downloaded.
 */
async function chooseTicker(
  request: SymbolRequest,
  newest: NewestFiles,
  { directory, session }: OpenOptions,
): Promise<Choice> {
  const { dataset, period, interval } = request;
  for (const ticker of request.tickers) {
    const name = {
      ...spelling(request, ticker),
      period: period.name,
      interval,
    };
    if (
      await isKnownTicker(directory, { dataset: dataset.name, ticker, ...name })
    ) return { ticker };
  }
  const ticker = request.tickers.at(-1)!;
  const seen = await newest.tickers(request);
  if (seen === undefined) return { ticker };
  const found = request.tickers.find((spelled) => seen.tickers.has(spelled));
  if (found !== undefined) return { ticker: found };
  const suggestions = nearestTickers(ticker, seen.tickers);
  session.tell({
    type: "unknown-ticker",
    symbol: request.symbol,
    ticker,
    date: seen.file.date,
    suggestions,
  });
  return { ticker, suggestions };
}

/** The tickers in the newest file of a request's span, looked at once for all symbols. */
class NewestFiles {
  readonly #seen = new Map<string, ReadonlySet<string> | undefined>();
  readonly #options: OpenOptions;

  constructor(options: OpenOptions) {
    this.#options = options;
  }

  /** `undefined` when there is no file, or it cannot be had: its task will tell why. */
  async tickers(request: SymbolRequest) {
    const file = filesOf(request, this.#options.listing.byDataset()).at(-1);
    if (file === undefined) return undefined;
    if (!this.#seen.has(file.key)) {
      this.#seen.set(file.key, await this.#look(file));
    }
    const tickers = this.#seen.get(file.key);
    return tickers && { file, tickers };
  }

  async #look(file: DatedObject): Promise<ReadonlySet<string> | undefined> {
    try {
      const { bytes } = await this.#options.session.lookAhead(file);
      return new Set(tickersOf(file.key, bytes));
    } catch (error) {
      if (
        this.#options.session.signal.aborted || verdictOf(error) === "fatal"
      ) throw error;
      return undefined;
    }
  }
}
