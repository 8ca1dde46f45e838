/**
 * Opens what is recorded of each symbol, under its ticker's lock.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { FamilyStore } from "../cache/family_store.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { Wait } from "../cache/lock.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import { sweepTickers, TickerRecords } from "../cache/ticker_records.ts";
import { type Choice, type ChooseOptions, chooseTickers, SeenFiles } from "./choose_tickers.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import { spelling, type SymbolRequest } from "../request.ts";
import type { Connection } from "./run_connection.ts";
import type { Settings } from "../settings.ts";
import { identityOf } from "./run_context.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";

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
