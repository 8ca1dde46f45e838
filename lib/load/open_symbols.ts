/**
 * Finds the ticker that each symbol stands for, and opens what is recorded of it, under the ticker's
 * lock.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { FamilyStore } from "../cache/family_store.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { Wait } from "../cache/lock.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import { sweepTickers, TickerRecords } from "../cache/ticker_records.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import { spelling, type SymbolRequest } from "../request.ts";
import type { Connection } from "./run_connection.ts";
import type { Settings } from "../settings.ts";
import { identityOf } from "./run_context.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";
import { type DatedObject, isRecorded, type ObjectVersion } from "../dated_object.ts";
import { verdictOf } from "./verdict.ts";
import type { Listing } from "../bucket/listing.ts";
import type { Suggestions } from "./suggestions.ts";
import type { Fetcher } from "./fetcher.ts";

/** A symbol of the request, whose records this process alone works on. */
export interface OpenSymbol extends Omit<LoadedSymbol, "suggestions"> {
  readonly store: TickerRecords;
  /** What it may have been meant for, should the newest file turn out not to have it. */
  readonly suggestions: Promise<readonly string[] | undefined>;
}

/** A family of the request, of whose files this process alone works on. */
export interface OpenFamily extends LoadedFamily {
  readonly store: FamilyStore;
}

/** Whose rows are taken out of files. */
export type OpenDemand = OpenSymbol | OpenFamily;

/** The symbols and the families, each in their order. */
export function byKind(
  demands: readonly OpenDemand[],
): { readonly symbols: OpenSymbol[]; readonly families: OpenFamily[] } {
  const symbols: OpenSymbol[] = [];
  const families: OpenFamily[] = [];
  for (const demand of demands) {
    if ("suggestions" in demand) symbols.push(demand);
    else families.push(demand);
  }
  return { symbols, families };
}

/** Where a symbol's records are looked for. */
export interface OpenOptions extends ChooseOptions {
  readonly directory: CacheDirectory;
  readonly stored: StoredRecords;
  readonly settings: Settings;
}

/**
 * Opens every symbol under its ticker's lock; all are closed with the stack. Locks are taken
 * in one order, whatever the request's is, so that two processes never wait for each other.
 *
 * @throws {LockedError} when another process works on one of them, unless it is waited for.
 */
export async function openSymbols(
  requests: readonly SymbolRequest[],
  stack: AsyncDisposableStack,
  options: OpenOptions,
): Promise<OpenDemand[]> {
  const files = new SeenFiles(options);
  const choices = await chooseTickers(requests, { stored: options.stored, files });
  const open = new Map<Choice, OpenDemand>();
  const giveWay = givingWay();
  for (const choice of choices.toSorted(byLock)) {
    await giveWay();
    const { isFamily } = choice.request;
    const symbol =
      await (isFamily ? openFamily(choice, options) : openSymbol(choice, { ...options, files }));
    stack.use(symbol.store);
    for (const message of symbol.store.notices) {
      options.connection.report({ type: "notice", message });
    }
    open.set(choice, symbol);
  }
  const symbols = choices.filter(({ request }) => !request.isFamily);
  const held = symbols.map(({ request, ticker }) => ({ dataset: request.dataset.name, ticker }));
  await sweepTickers(options.directory, held);
  return choices.map((choice) => open.get(choice)!);
}

function byLock(a: Choice, b: Choice): number {
  const [one, other] = [a, b].map(({ request, ticker }) => `${request.dataset.name} ${ticker}`);
  return one! < other! ? -1 : 1;
}

async function openSymbol(
  choice: Choice,
  { directory, stored, settings, connection, files }: OpenOptions & { readonly files: SeenFiles },
): Promise<OpenSymbol> {
  const { request, ticker } = choice;
  const { symbol } = spelling(request, ticker);
  const wait = settings.wait ? waitFor(symbol, connection) : undefined;
  const identity = identityOf(request, ticker, settings);
  const store = await TickerRecords.open(directory, identity, { wait, stored });
  const { records } = store;
  const suggestions = isKnown({ request, records })
    ? Promise.resolve(undefined)
    : files.suggest(choice, records);
  // Whoever waits for it at the end of the run hears it then.
  suggestions.catch(() => {});
  return { request, symbol, ticker, cached: false, suggestions, store, records };
}

async function openFamily(
  { request, ticker }: Choice,
  { directory, listing, settings, connection }: OpenOptions,
): Promise<OpenFamily> {
  const { symbol, dataset: { name: dataset } } = request;
  const wait = settings.wait ? waitFor(symbol, connection) : undefined;
  const keys = listing.filesOf(request).map(({ key }) => key);
  const store = await FamilyStore.open(directory, { dataset, family: ticker }, { keys, wait });
  return { request, symbol, ticker, cached: false, store, records: store.files };
}

/** A wait that is reported once, and is no standstill of this run. */
function waitFor(symbol: string, connection: Connection): Wait {
  let isTold = false;
  return {
    signal: connection.signal,
    onLook: (holder) => {
      connection.keepAlive();
      if (isTold) return;
      isTold = true;
      const message = `Waiting for ${holder}, which works on ${symbol}`;
      connection.report({ type: "notice", message });
    },
  };
}

/** What files are looked into with. */
interface ChooseOptions {
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
