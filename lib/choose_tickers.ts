/**
 * Finds the ticker that each symbol stands for.
 *
 * @module
 */

import type { CacheDirectory } from "./cache/directory.ts";
import { KnownTickers } from "./cache/known_tickers.ts";
import { givingWay } from "./concurrency/give_way.ts";
import type { DatedObject } from "./dated_object.ts";
import { verdictOf } from "./failure.ts";
import type { Listing } from "./listing.ts";
import { nearestTickers } from "./market/nearest.ts";
import { fileSymbol, type SymbolRequest } from "./request.ts";
import type { Session } from "./session.ts";
import { filesOf } from "./loaded_symbol.ts";

/** Where a symbol's ticker is looked for. */
export interface ChooseOptions {
  readonly directory: CacheDirectory;
  readonly listing: Listing;
  readonly session: Session;
}

/** What a symbol stands for. */
export interface Choice {
  readonly request: SymbolRequest;
  readonly ticker: string;
  /** What it may have been meant for, should the newest file turn out not to have it. */
  readonly suggestions?: Promise<readonly string[] | undefined>;
}

/**
 * The ticker of each symbol. Symbols that turn out to stand for one ticker, such as `TSLA`
 * and `tsla`, count as the first of them.
 */
export async function chooseTickers(
  requests: readonly SymbolRequest[],
  options: ChooseOptions,
): Promise<Choice[]> {
  const newest = new NewestFiles(options);
  const known = new KnownTickers(options.directory);
  const choices = new Map<string, Choice>();
  const giveWay = givingWay();
  for (const request of requests) {
    await giveWay();
    const choice = await chooseTicker(request, newest, known);
    const name = `${request.dataset.name} ${choice.ticker}`;
    if (!choices.has(name)) choices.set(name, choice);
  }
  return [...choices.values()];
}

/**
 * The spelling of which something is recorded, else the one that the newest file has. Where
 * there is one spelling only, nobody waits for that file.
 */
async function chooseTicker(
  request: SymbolRequest,
  newest: NewestFiles,
  known: KnownTickers,
): Promise<Choice> {
  const recorded = knownTicker(request, known);
  if (recorded !== undefined) return { request, ticker: recorded };
  const [first, ...others] = request.tickers;
  const seen = others.length === 0 ? undefined : await newest.tickers(request);
  const found = request.tickers.find((spelled) => seen?.tickers.has(spelled));
  const ticker = found ?? others.at(-1) ?? first;
  const suggestions = newest.suggest(request, ticker);
  // Whoever waits for it at the end of the run is told then.
  suggestions.catch(() => {});
  return { request, ticker, suggestions };
}

/** The first spelling of which something is recorded. */
export function knownTicker(
  request: SymbolRequest,
  known: KnownTickers,
): string | undefined {
  const { dataset, period, interval } = request;
  return request.tickers.find((ticker) => {
    const name = { symbol: fileSymbol(request, ticker), period: period.name, interval };
    return known.has({ dataset: dataset.name, ticker, ...name });
  });
}

/** The tickers in the newest file of a request's span, looked at once for all symbols. */
class NewestFiles {
  readonly #seen = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  readonly #options: ChooseOptions;

  constructor(options: ChooseOptions) {
    this.#options = options;
  }

  /** `undefined` when there is no file, or it cannot be had: its task will tell why. */
  async tickers(request: SymbolRequest) {
    const file = filesOf(request, this.#options.listing.byDataset()).at(-1);
    if (file === undefined) return undefined;
    const seen = this.#seen.get(file.key) ?? this.#look(file);
    this.#seen.set(file.key, seen);
    const tickers = await seen;
    return tickers && { file, tickers };
  }

  /**
   * What a ticker may have been meant for that the newest file does not have; tells so while
   * little is downloaded yet. Where the file cannot be had its task tells why.
   */
  async suggest(request: SymbolRequest, ticker: string): Promise<readonly string[] | undefined> {
    const seen = await this.tickers(request).catch(() => undefined);
    if (seen === undefined || seen.tickers.has(ticker)) return undefined;
    const { symbol } = request;
    const suggestions = nearestTickers(ticker, seen.tickers);
    const { date } = seen.file;
    this.#options.session.tell({ type: "unknown-ticker", symbol, ticker, date, suggestions });
    return suggestions;
  }

  async #look(file: DatedObject): Promise<ReadonlySet<string> | undefined> {
    try {
      return new Set(await this.#options.session.lookAhead(file));
    } catch (error) {
      if (
        this.#options.session.signal.aborted || verdictOf(error) === "fatal"
      ) throw error;
      return undefined;
    }
  }
}
