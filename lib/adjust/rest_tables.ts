/**
 * What the REST API says that companies did to their shares, and which tickers they have had: asks for
 * it, and keeps its answers.
 *
 * What the API had of a ticker in one of its tables is a file of one sealed line (`cache/line.ts`)
 * with its `source`, what tells its `key` from others (an older version has written none), the
 * `ticker`, `askedAtMs`, and the rows without the ticker under the table's name.
 *
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/splits}
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/dividends}
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/ticker-events}
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type AnswerKind, CacheDirectory } from "../cache/directory.ts";
import type { FileFormat } from "../cache/file_format.ts";
import { KeptFiles } from "../cache/kept_files.ts";
import { DAY_MS } from "../dated_object.ts";
import { ConfigurationError, RestError } from "../errors.ts";
import { parseEndpoint } from "../http/endpoint.ts";
import type { SendOptions } from "../http/sender.ts";
import type { ApiKey, SplitSource } from "../settings.ts";
import { DEFAULT_API_ENDPOINT, type Question, type RestClient } from "./rest_client.ts";

/** How the REST API is asked, and where its answers are kept. */
export interface RestOptions
  extends
    Pick<SplitSource, "apiKey" | "endpoint" | "maxAgeMs">,
    Pick<SendOptions, "fetch" | "random" | "limits" | "onRetry"> {
  /** The directory in which the REST API's answers are kept; made when it is missing. */
  readonly cacheDirectory: string;
  /** Ask again, however young the kept answer is. @default {false} */
  readonly refresh?: boolean | undefined;
  /** Use no network at all: only what is kept, of whatever age. @default {false} */
  readonly offline?: boolean | undefined;
  /** Ends the loading. */
  readonly signal?: AbortSignal | undefined;
  /** Is called with a file of which nothing counts. */
  readonly onNotice?: ((message: string) => void) | undefined;
  /** Now, in milliseconds since the epoch: decides an answer's age, and which splits are. */
  readonly nowMs?: number | undefined;
}

/** The answers of one kind, from one endpoint and key. */
export class KeptAnswers<TableRow> {
  readonly #directory: CacheDirectory;
  readonly #files: KeptFiles;
  readonly #kind: AnswerKind;
  readonly #of: { readonly source: string; readonly key: string | undefined };
  readonly #options: RestOptions;

  private constructor(kind: AnswerKind, key: string | undefined, options: RestOptions) {
    this.#directory = new CacheDirectory(options.cacheDirectory);
    this.#files = new KeptFiles(this.#directory);
    this.#kind = kind;
    this.#of = { source: sourceOf(options), key };
    this.#options = options;
  }

  /** @throws {StorageError} when the directory cannot be the cache. */
  static async open<TableRow>(
    kind: AnswerKind,
    options: RestOptions,
  ): Promise<KeptAnswers<TableRow>> {
    const answers = new KeptAnswers<TableRow>(kind, await knownKey(options), options);
    await answers.#directory.check();
    return answers;
  }

  /** The rows of a ticker, when they are young enough; offline of whatever age. */
  async read(ticker: string): Promise<readonly TableRow[] | undefined> {
    const path = this.#directory.answerPath(this.#kind, ticker);
    const kept = await this.#files.readLine(path, formatOf(this.#kind));
    const { source, key } = this.#of;
    if (kept?.source !== source || kept.ticker !== ticker) return undefined;
    const isOthers = kept.key !== undefined && key !== undefined && kept.key !== key;
    if (isOthers || !isYoung(kept.askedAtMs as number, this.#options)) return undefined;
    return kept[this.#kind] as TableRow[];
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(ticker: string, rows: readonly TableRow[]): Promise<void> {
    await this.#directory.make();
    const path = this.#directory.answerPath(this.#kind, ticker);
    const askedAtMs = this.#options.nowMs ?? Date.now();
    const answer = { ...this.#of, ticker, askedAtMs, [this.#kind]: rows };
    await this.#files.writeLine(path, formatOf(this.#kind), answer);
  }
}

function formatOf(kind: AnswerKind): FileFormat {
  return { format: `flatfetch-${kind}`, version: 1 };
}

/**
 * The key with which the REST API is asked.
 *
 * @param what such as `the splits of TSLA`, for the error.
 * @throws {ConfigurationError} offline, or when there is none.
 */
export async function keyFor(what: string, options: RestOptions): Promise<ApiKey> {
  if (!options.offline) return await findKey(options);
  throw new ConfigurationError(`Cannot use ${what} offline: none are kept`);
}

async function findKey({ apiKey }: RestOptions): Promise<ApiKey> {
  const found = typeof apiKey === "function" ? await apiKey() : apiKey;
  if (found) return found;
  throw new ConfigurationError("Cannot ask the REST API: no key is given");
}

/** The endpoint with its path, spelled in one way. */
function sourceOf({ endpoint = DEFAULT_API_ENDPOINT }: RestOptions): string {
  return parseEndpoint(endpoint, DEFAULT_API_ENDPOINT).href.replace(/\/+$/, "");
}

/**
 * What tells the key from another: 32 bits of its hash, from which it cannot be found, because
 * thousands of millions of others have the same. Where there is no key, asking tells so.
 */
async function knownKey(options: RestOptions): Promise<string | undefined> {
  try {
    const { value } = await findKey(options);
    return createHash("sha256").update(value).digest("hex").slice(0, 8);
  } catch {
    return undefined;
  }
}

function isYoung(
  askedAtMs: number,
  { offline, refresh, maxAgeMs = DAY_MS, nowMs = Date.now() }: RestOptions,
): boolean {
  return offline || !refresh && nowMs - askedAtMs <= maxAgeMs;
}

/** Tickers that are asked for at once. */
const BATCH = 100;

/** Rows of a page: of splits the vendor's older path allows no more. */
const PAGE_SIZES = { splits: "1000", dividends: "5000" } as const;

/** A table of the API. */
export type ActionKind = keyof typeof PAGE_SIZES;

/** The path of a table. */
export function restPath(kind: ActionKind): string {
  return `/stocks/v1/${kind}`;
}

/**
 * The rows of a table for all of the tickers, as the server sends them, in any order: each an
 * object with `ticker` and the columns of the table. Rows of other tickers may be among them.
 *
 * Several tickers are asked for in one request, because the cheapest plan allows five a minute;
 * beyond that the server says 429, which is waited out.
 *
 * @param tickers Without commas; none is asked for twice.
 * @throws as {@linkcode RestClient.results} does.
 */
export async function fetchActionRows(
  client: RestClient,
  kind: ActionKind,
  { tickers, signal }: { readonly tickers: readonly string[] } & Pick<Question, "signal">,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let start = 0; start < tickers.length; start += BATCH) {
    const batch = tickers.slice(start, start + BATCH);
    const which: Record<string, string> = batch.length === 1
      ? { ticker: batch[0]! }
      : { "ticker.any_of": batch.join(",") };
    const question = {
      path: restPath(kind),
      parameters: { ...which, limit: PAGE_SIZES[kind] },
      action: `Cannot load the ${kind} of ${tickersText(batch)}`,
      signal,
    };
    for await (const row of client.results(question)) rows.push(row);
  }
  return rows;
}

/** The path that has the events of a ticker, in the vendor's spelling. */
export function eventsPath(ticker: string): string {
  return `/vX/reference/tickers/${encodeURIComponent(ticker)}/events`;
}

/**
 * What the server has of the company that a ticker stands for now, as it sends it: an object that
 * has a list of `events`. `undefined` when it knows no such ticker. There is no asking for several
 * at once.
 *
 * @throws as {@linkcode RestClient.results} does.
 */
export async function fetchTickerEvents(
  client: RestClient,
  ticker: string,
  { signal }: Pick<Question, "signal">,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const action = `Cannot load the earlier tickers of ${ticker}`;
  const parameters = { types: "ticker_change" };
  try {
    return await client.result({ path: eventsPath(ticker), parameters, action, signal });
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return undefined;
    throw error;
  }
}

/** The tickers of a batch for a message: the first, and how many more. */
export function tickersText(tickers: readonly string[]): string {
  const [first, ...others] = tickers;
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}
