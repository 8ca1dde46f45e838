/**
 * Finds what a symbol or a family may have been meant for that the files do not have: its like in
 * other kinds of things, and what is spelled nearly so. Only what a file has is suggested.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { abortable } from "../concurrency/abortable.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { Listing } from "../bucket/listing.ts";
import type { SurveyedFamily } from "./family_survey.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";
import { type Asset, datasetOf } from "../market/dataset.ts";
import {
  familyReadings,
  MOST_SUGGESTED,
  nearestFamilies,
  nearestTickers,
  type Reading,
  readingsOf,
} from "../market/readings.ts";
import { symbolOf } from "../market/symbol.ts";
import { parseFamily } from "../market/ticker_family.ts";
import type { SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";
import { NewestTickers } from "./newest_tickers.ts";

/** For more symbols than that nothing near is looked for: so many are no slips of the pen. */
const MOST_LOOKS = 100;

const NONE: ReadonlySet<string> = new Set();

/** What suggestions are made for. */
export interface SuggestionOptions {
  readonly directory: CacheDirectory;
  readonly settings: Settings;
  readonly listing: Listing;
}

/** Makes the suggestions of one run, which looks into each file once. */
export class Suggestions implements AsyncDisposable {
  readonly #listing: Listing;
  readonly #newest: NewestTickers;
  readonly #giveWay = givingWay();
  /** Settled when no suggestion is being looked for; none has been where this is missing. */
  #found: Promise<unknown> | undefined;
  /** For how many symbols something was looked for. */
  #looks = 0;
  /** The look for near tickers that ends last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ directory, settings, listing }: SuggestionOptions) {
    this.#listing = listing;
    this.#newest = new NewestTickers(directory, settings);
  }

  /** HTTP requests made so far. */
  get requests(): number {
    return this.#newest.requests;
  }

  /**
   * What is to be typed for what may have been meant, the likeliest first. Other kinds of things
   * are looked for in their files of days, which are small.
   *
   * @param tickers those of the newest file of the request, where they are known.
   */
  async find(
    request: SymbolRequest,
    ticker: string,
    tickers?: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const isNear = ++this.#looks <= MOST_LOOKS;
    const found = this.#find(request, ticker, { tickers, isNear });
    this.#found = Promise.allSettled([this.#found, found]);
    return await found;
  }

  /**
   * Adds to symbols of which nothing but absences is recorded what they may have been meant for;
   * the same as in the run that recorded them, which had them in the order of their tickers.
   */
  async addTo(all: readonly LoadedSymbol[]): Promise<LoadedSymbol[]> {
    const name = ({ request, ticker }: LoadedSymbol) => `${request.dataset.name} ${ticker}`;
    const found = new Map<LoadedSymbol, Promise<readonly string[]>>();
    const unknown = all.filter((one) => !isKnown(one));
    for (const one of unknown.toSorted((a, b) => name(a) < name(b) ? -1 : 1)) {
      found.set(one, this.find(one.request, one.ticker));
    }
    return await Promise.all(
      all.map(async (one) => found.has(one) ? { ...one, suggestions: await found.get(one) } : one),
    );
  }

  /**
   * Resolves when those that are being looked for are found, which takes some seconds at most.
   * An abort rejects with the signal's reason.
   */
  async whenFound(signal: AbortSignal): Promise<void> {
    if (this.#found !== undefined) await abortable(this.#found, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#newest[Symbol.asyncDispose]();
  }

  async #find(
    request: SymbolRequest,
    ticker: string,
    { tickers, isNear }: { tickers: ReadonlySet<string> | undefined; isNear: boolean },
  ): Promise<readonly string[]> {
    const { symbol, asset } = request;
    const file = this.#listing.filesOf(request).at(-1);
    const own = tickers ?? (file && await this.#newest.inFile(file));
    const to = file?.date ?? request.period.to;
    const tickersOf = (other: Asset) =>
      other === asset ? own : this.#newest.inDataset(datasetOf(other, "1d"), to);
    const { whole, akin } = readingsOf(symbol, asset);
    for (const readings of [whole, akin]) {
      const found = await real(readings, tickersOf);
      if (found.length > 0) return found.slice(0, MOST_SUGGESTED);
    }
    if (!isNear) return [];
    const pairs = whole.filter((one) => one.asset === "forex" || one.asset === "crypto");
    for (const one of [...pairs, { asset, ticker }]) {
      const near = await this.#nearest(one.ticker, await tickersOf(one.asset));
      if (near.length > 0) return near.map((other) => symbolOf(other, one.asset));
    }
    return [];
  }

  /** One after the other: each takes a millisecond or more, and there may be thousands. */
  async #nearest(ticker: string, tickers: ReadonlySet<string> = NONE): Promise<readonly string[]> {
    const find = async () => {
      await this.#giveWay();
      return nearestTickers(ticker, tickers);
    };
    const found = this.#last.then(find);
    this.#last = found;
    return await found;
  }
}

/** The symbols of those readings that a file has. */
async function real(
  readings: readonly Reading[],
  tickersOf: (asset: Asset) => TickersOrNone | Promise<TickersOrNone>,
): Promise<string[]> {
  const found = await Promise.all(
    readings.map(async ({ asset, symbol, ticker }) =>
      (await tickersOf(asset))?.has(ticker) ? [symbol] : []
    ),
  );
  return [...new Set(found.flat())];
}

type TickersOrNone = ReadonlySet<string> | undefined;

/**
 * Adds to each family without a ticker what the newest files have instead.
 *
 * @returns also how many HTTP requests that took.
 */
export async function suggestFamilies(
  all: readonly SurveyedFamily[],
  { directory, settings }: Omit<SuggestionOptions, "listing">,
): Promise<{ families: readonly SurveyedFamily[]; requests: number }> {
  await using newest = new NewestTickers(directory, settings);
  const families = await Array.fromAsync(all, async (one) => {
    const isFound = one.survey.tickers.size > 0;
    return isFound ? one : { ...one, suggestions: await findFamilies(one, newest) };
  });
  return { families, requests: newest.requests };
}

async function findFamilies(
  { request, ticker, files }: SurveyedFamily,
  newest: NewestTickers,
): Promise<readonly string[]> {
  const file = files.at(-1);
  if (file === undefined) return [];
  const others = await Promise.all(
    familyReadings(request.symbol, request.asset).map(async ({ asset, name }) => {
      const tickers = await newest.inDataset(datasetOf(asset, "1d"), file.date);
      return tickers?.values().some(parseFamily(name).has) ? [name] : [];
    }),
  );
  const found = others.flat();
  return found.length > 0 ? found : nearestFamilies(ticker, await newest.inFile(file) ?? []);
}
