/**
 * Finds the ticker that each symbol stands for.
 *
 * @module
 */

import type { StoredRecords } from "../cache/stored_records.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { type DatedObject, isRecorded, type ObjectVersion } from "../dated_object.ts";
import { verdictOf } from "./verdict.ts";
import type { Listing } from "../bucket/listing.ts";
import type { Suggestions } from "./suggestions.ts";
import type { SymbolRequest } from "../request.ts";
import type { Connection } from "./run_connection.ts";
import type { Fetcher } from "./fetcher.ts";

/** What files are looked into with. */
export interface ChooseOptions {
  readonly listing: Listing;
  readonly connection: Connection;
  readonly fetcher: Fetcher;
  readonly suggestions: Suggestions;
}

/** What a symbol stands for. */
export interface Choice {
  readonly request: SymbolRequest;
  readonly ticker: string;
}

/**
 * The ticker of each symbol. Symbols that turn out to stand for one ticker, such as `TSLA`
 * and `tsla`, count as the first of them.
 */
export async function chooseTickers(
  requests: readonly SymbolRequest[],
  { stored, files }: { readonly stored: StoredRecords; readonly files: SeenFiles },
): Promise<Choice[]> {
  const choices = new Map<string, Choice>();
  const giveWay = givingWay();
  for (const request of requests) {
    await giveWay();
    const choice = await chooseTicker(request, files, stored);
    const name = `${request.dataset.name} ${choice.ticker}`;
    if (!choices.has(name)) choices.set(name, choice);
  }
  return [...choices.values()];
}

/**
 * The spelling of which something is recorded, else the one that a file has. Where there is one
 * spelling only, no file is looked into.
 */
async function chooseTicker(
  request: SymbolRequest,
  files: SeenFiles,
  stored: StoredRecords,
): Promise<Choice> {
  const { tickers } = request;
  if (tickers.length === 1) return { request, ticker: tickers[0] };
  const found = await stored.findTicker(request.dataset.name, tickers) ??
    await files.findSpelling(request);
  return { request, ticker: found ?? tickers.find(isOnTheTape) ?? tickers.at(-1)! };
}

/** Whether its letters are as the tape has them: small ones stand for a kind of share alone. */
function isOnTheTape(ticker: string): boolean {
  return /^[A-Z0-9]+(?:[.prw]|$)/.test(ticker);
}

/** The tickers in some files of the requests' spans, each looked at once for all symbols. */
export class SeenFiles {
  readonly #seen = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  readonly #options: ChooseOptions;

  constructor(options: ChooseOptions) {
    this.#options = options;
  }

  /**
   * The spelling that the newest file has; where that cannot be had, as when the plan excludes
   * a side of the span, the one in the middle or the oldest.
   */
  async findSpelling(request: SymbolRequest): Promise<string | undefined> {
    const files = this.#options.listing.filesOf(request);
    for (const part of [1, 0.5, 0]) {
      const file = files[Math.round(part * (files.length - 1))];
      const tickers = file && await this.#tickersOf(file, request.tickers);
      if (tickers) return request.tickers.find((spelled) => tickers.has(spelled));
    }
  }

  /**
   * What a ticker may have been meant for that the newest file does not have; tells so while
   * little is downloaded yet. Where the file cannot be had its task tells why.
   *
   * @param recorded what is recorded of the ticker, which says nothing of where it is.
   */
  async suggest(
    { request, ticker }: Choice,
    recorded: ReadonlyMap<string, ObjectVersion>,
  ): Promise<readonly string[] | undefined> {
    const { connection, suggestions } = this.#options;
    const file = this.#options.listing.filesOf(request).at(-1);
    const isRead = file === undefined || isRecorded(file, recorded);
    const tickers = isRead
      ? undefined
      : await this.#tickersOf(file, [ticker]).catch(() => undefined);
    if (!isRead && (tickers === undefined || tickers.has(ticker))) return undefined;
    const found = await suggestions.find(request, ticker, tickers);
    if (file === undefined) return found;
    const { symbol } = request;
    const { date } = file;
    connection.report({ type: "unknown-ticker", symbol, ticker, date, suggestions: found });
    return found;
  }

  /** All tickers of a file, or of some that a lake has where one of the wanted is among them. */
  async #tickersOf(
    file: DatedObject,
    wanted: readonly string[],
  ): Promise<ReadonlySet<string> | undefined> {
    const { fetcher } = this.#options;
    const some = await this.#unlessLost(fetcher.tickersInLake(file, wanted));
    if (some && wanted.some((ticker) => some.has(ticker))) return some;
    const look = () => this.#unlessLost(fetcher.lookAhead(file));
    return await this.#seen.getOrInsertComputed(file.key, look);
  }

  /** `undefined` when the file cannot be had: its task will tell why. */
  async #unlessLost<T>(tickers: Promise<T>): Promise<T | undefined> {
    try {
      return await tickers;
    } catch (error) {
      if (
        this.#options.connection.signal.aborted || verdictOf(error) === "fatal"
      ) throw error;
      return undefined;
    }
  }
}
