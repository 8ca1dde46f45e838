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
  const files = new SeenFiles(options);
  const known = new KnownTickers(options.directory);
  const choices = new Map<string, Choice>();
  const giveWay = givingWay();
  for (const request of requests) {
    await giveWay();
    const choice = await chooseTicker(request, files, known);
    const name = `${request.dataset.name} ${choice.ticker}`;
    if (!choices.has(name)) choices.set(name, choice);
  }
  return [...choices.values()];
}

/**
 * The spelling of which something is recorded, else the one that a file has. Where there is one
 * spelling only, nobody waits for that file.
 */
async function chooseTicker(
  request: SymbolRequest,
  files: SeenFiles,
  known: KnownTickers,
): Promise<Choice> {
  const isKnown = request.isFamily || request.partOf !== undefined;
  if (isKnown) return { request, ticker: request.tickers[0] };
  const recorded = knownTicker(request, known);
  if (recorded !== undefined) return { request, ticker: recorded };
  const [first, ...others] = request.tickers;
  const found = others.length === 0 ? undefined : await files.findSpelling(request);
  const ticker = found ?? others.at(-1) ?? first;
  const suggestions = files.suggest(request, ticker);
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

/** For more tickers than that nothing near is looked for: so many are no slips of the pen. */
const MOST_LOOKS = 100;

/** The tickers in some files of the requests' spans, each looked at once for all symbols. */
class SeenFiles {
  readonly #seen = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  readonly #options: ChooseOptions;
  readonly #giveWay = givingWay();
  /** How often near tickers were looked for. */
  #looks = 0;
  /** The look for near tickers that ends last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ChooseOptions) {
    this.#options = options;
  }

  /**
   * The spelling that the newest file has; where that cannot be had, as when the plan excludes
   * a side of the span, the one in the middle or the oldest.
   */
  async findSpelling(request: SymbolRequest): Promise<string | undefined> {
    const files = this.#filesOf(request);
    for (const part of [1, 0.5, 0]) {
      const file = files[Math.round(part * (files.length - 1))];
      const tickers = file && await this.#tickersOf(file);
      if (tickers) return request.tickers.find((spelled) => tickers.has(spelled));
    }
  }

  /**
   * What a ticker may have been meant for that the newest file does not have; tells so while
   * little is downloaded yet. Where the file cannot be had its task tells why.
   */
  async suggest(request: SymbolRequest, ticker: string): Promise<readonly string[] | undefined> {
    const file = this.#filesOf(request).at(-1);
    const tickers = file && await this.#tickersOf(file).catch(() => undefined);
    if (tickers === undefined || tickers.has(ticker)) return undefined;
    const { symbol } = request;
    const suggestions = await this.#nearest(ticker, tickers);
    const { date } = file!;
    this.#options.session.tell({ type: "unknown-ticker", symbol, ticker, date, suggestions });
    return suggestions;
  }

  /** One after the other: each takes a millisecond or more, and there may be thousands. */
  async #nearest(ticker: string, tickers: ReadonlySet<string>): Promise<readonly string[]> {
    if (++this.#looks > MOST_LOOKS) return [];
    const find = async () => {
      await this.#giveWay();
      return nearestTickers(ticker, tickers);
    };
    const found = this.#last.then(find);
    this.#last = found;
    return await found;
  }

  #filesOf(request: SymbolRequest): DatedObject[] {
    return filesOf(request, this.#options.listing.byDataset());
  }

  /** `undefined` when the file cannot be had: its task will tell why. */
  #tickersOf(file: DatedObject): Promise<ReadonlySet<string> | undefined> {
    const seen = this.#seen.get(file.key) ?? this.#look(file);
    this.#seen.set(file.key, seen);
    return seen;
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
