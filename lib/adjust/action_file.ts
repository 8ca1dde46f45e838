/**
 * Reads the splits or dividends of some stocks from a file.
 *
 * @module
 */

import { boundedNames, quote, UsageError } from "../errors.ts";
import { readTextFile, UnreadableTextError } from "../text_file.ts";
import { tickersSpelled } from "./table_file.ts";

/** Whose rows are taken from a file. */
export interface ActionFileOptions<T> {
  /** What the rows are, such as `splits`. */
  readonly what: string;
  /** Reads the text; the name is for errors. */
  readonly read: (text: string, name: string) => (T & { readonly ticker: string | undefined })[];
  readonly tickers: readonly string[];
  /** The symbols that the tickers are of: of a file that names no ticker there must be one. */
  readonly symbols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Is called when no row is of a ticker that is wanted. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * The rows of the tickers in a CSV or JSON file, under the tickers' own spelling; the file may
 * also spell them as symbols are, such as `BRK-B`. Those of a file that names none are given to
 * each ticker, since all are one symbol's.
 *
 * @throws {UsageError} when there is no such file, it cannot be read, or it names no ticker and
 * several symbols are asked for.
 */
export async function readActionFile<T>(
  path: string,
  { what, read, tickers, symbols, signal, onNotice }: ActionFileOptions<T>,
): Promise<(T & { readonly ticker: string })[]> {
  const rows = read(await readActionText(path, { what, signal }), path);
  const bySpelling = Map.groupBy(rows, ({ ticker }) => ticker);
  if (bySpelling.has(undefined) && symbols.length > 1) {
    throw new UsageError(
      `Cannot use ${what} from ${quote(path)} for ${symbols.length} symbols: ` +
        "it has no column ticker, so it is one stock's",
    );
  }
  const wanted = new Set(tickers);
  const found = [...bySpelling].flatMap(([spelled, ofSpelling]) => {
    const meant = spelled === undefined
      ? wanted
      : wanted.intersection(new Set(tickersSpelled(spelled)));
    return [...meant].flatMap((ticker) => ofSpelling.map((row) => ({ ...row, ticker })));
  });
  if (found.length === 0 && rows.length > 0) {
    onNotice?.(unmatchedText(path, { what, count: rows.length, tickers: [...bySpelling.keys()] }));
  }
  return found;
}

/** Tickers that a notice names; the rest is counted. */
const MOST_TICKERS = 3;

/** That no row of a file counts, and whose its rows are. */
export function unmatchedText(
  path: string,
  { what, count, tickers }: {
    readonly what: string;
    readonly count: number;
    readonly tickers: readonly (string | undefined)[];
  },
): string {
  const whose = boundedNames(tickers, MOST_TICKERS);
  const rows = count === 1 ? "the only row" : `none of the ${count} rows`;
  const not = count === 1 ? "not of" : "of";
  return `${what} of ${quote(path)}: ${rows} is ${not} a symbol that is asked for, but of ${whose}`;
}

/** @throws {UsageError} when there is no such file, or it cannot be read. */
export async function readActionText(
  path: string,
  { what, signal }: { what: string; signal: AbortSignal | undefined },
): Promise<string> {
  try {
    return await readTextFile(path, { signal });
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new UsageError(`Cannot read ${what} from ${quote(path)}: ${error.message}`);
  }
}
