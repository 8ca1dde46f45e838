/**
 * Gives the tickers that the companies of stocks have had, from a file, or from the REST API and
 * what is kept of it.
 *
 * @module
 */

import { givingWay } from "../concurrency/give_way.ts";
import { IntegrityError, quote, UsageError } from "../errors.ts";
import { type Rename, Renames, type TickerSpan } from "../market/ticker_history.ts";
import { RestClient } from "./rest_client.ts";
import {
  eventsPath,
  fetchTickerEvents,
  KeptAnswers,
  keyFor,
  type RestOptions,
} from "./rest_tables.ts";
import { readActionText, unmatchedText } from "./action_file.ts";
import { readRenames, renamesOf } from "./rename_text.ts";

/** Where histories come from, and how they are asked for. */
export interface LoadHistoriesOptions extends RestOptions {
  /** A CSV or JSON file to read them from, instead of the REST API; see `readRenames()`. */
  readonly file?: string | undefined;
}

/** A ticker, and the history of the company that it stands for. */
export interface TickerHistory {
  readonly ticker: string;
  readonly history: readonly TickerSpan[];
}

/**
 * For each stock the history of the first of its spellings of which one is known, else `undefined`.
 * Each ticker is a request of its own to the REST API, and what it answers is kept at once, so that
 * an end in the middle costs nothing. It knows the companies that a ticker stands for today.
 *
 * @param stocks the spellings of each, the likeliest first.
 * @throws {UsageError} when the file cannot be read, or says two things of a ticker.
 * @throws {ConfigurationError} when there is no key, it is refused, or nothing is kept offline.
 * @throws {RestError} {@linkcode NetworkError} when the REST API refuses, or cannot be reached.
 * @throws {IntegrityError} when its answer cannot be used.
 * @throws {StorageError} when the cache cannot be written.
 */
export async function loadHistories(
  stocks: readonly (readonly string[])[],
  options: LoadHistoriesOptions,
): Promise<(TickerHistory | undefined)[]> {
  const { file } = options;
  if (file !== undefined) return await historiesInFile(file, stocks, options);
  using source = new RestSource(await KeptAnswers.open<Rename>("renames", options), options);
  const giveWay = givingWay();
  return await Array.fromAsync(stocks, async (tickers) => {
    await giveWay();
    return await source.firstHistory(tickers);
  });
}

async function historiesInFile(
  path: string,
  stocks: readonly (readonly string[])[],
  { signal, onNotice }: LoadHistoriesOptions,
): Promise<(TickerHistory | undefined)[]> {
  const changes = readRenames(await readActionText(path, { what: "renames", signal }), path);
  const renames = new Renames(changes);
  const historyOf = (ticker: string) =>
    orUnusable(
      () => renames.historyOf(ticker),
      (what) => new UsageError(`Cannot use renames from ${quote(path)}: ${what}`),
    );
  const giveWay = givingWay();
  const found = await Array.fromAsync(stocks, async (tickers) => {
    await giveWay();
    const ticker = tickers.find((ticker) => historyOf(ticker) !== undefined);
    return ticker && { ticker, history: historyOf(ticker)! } || undefined;
  });
  const tickers = [...new Set(changes.flatMap(({ from, to }) => to ?? from ?? []))];
  const asked = new Set(stocks.flat());
  const isOfNone = found.every((one) => one === undefined) &&
    !tickers.some((one) => asked.has(one));
  if (changes.length > 0 && isOfNone) {
    onNotice?.(unmatchedText(path, { what: "renames", count: changes.length, tickers }));
  }
  return found;
}

class RestSource implements Disposable {
  readonly #answers: KeptAnswers<Rename>;
  readonly #options: LoadHistoriesOptions;
  #client: { readonly rest: RestClient; readonly secret: string } | undefined;

  constructor(answers: KeptAnswers<Rename>, options: LoadHistoriesOptions) {
    this.#answers = answers;
    this.#options = options;
  }

  async firstHistory(tickers: readonly string[]): Promise<TickerHistory | undefined> {
    for (const ticker of tickers) {
      const history = await this.#historyOf(ticker);
      if (history !== undefined) return { ticker, history };
    }
  }

  async #historyOf(ticker: string): Promise<TickerSpan[] | undefined> {
    const renames = await this.#answers.read(ticker) ?? await this.#ask(ticker);
    return orUnusable(
      () => new Renames(renames).historyOf(ticker),
      (what) => this.#unusable(ticker, what),
    );
  }

  async #ask(ticker: string): Promise<Rename[]> {
    const { rest } = this.#client ??= await this.#connect(ticker);
    const answer = await fetchTickerEvents(rest, ticker, this.#options) ?? {};
    const renames = orUnusable(() => renamesOf(answer), (what) => this.#unusable(ticker, what));
    await this.#answers.write(ticker, renames);
    return renames;
  }

  async #connect(ticker: string) {
    const apiKey = await keyFor(`the earlier tickers of ${ticker}`, this.#options);
    return { rest: new RestClient({ ...this.#options, apiKey }), secret: apiKey.value };
  }

  /** What the server sent is told, unless it sent the key. */
  #unusable(ticker: string, what: string): IntegrityError {
    const said = this.#client === undefined ? what : what.replaceAll(this.#client.secret, "…");
    const message = `Cannot use the earlier tickers of ${ticker}: ${said}`;
    return new IntegrityError(message, { key: eventsPath(ticker), check: "format" });
  }

  [Symbol.dispose]() {
    this.#client?.rest[Symbol.dispose]();
  }
}

/** What `make` makes, or for a `SyntaxError` of it the error that tells of it. */
function orUnusable<T>(make: () => T, errorFor: (what: string) => Error): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof SyntaxError ? errorFor(error.message) : error;
  }
}
