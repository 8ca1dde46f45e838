/**
 * Brings the cache up to date with the bucket for one request.
 *
 * @module
 */

import { loadActions } from "../adjust/adjustment.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { CacheDirectory } from "../cache/directory.ts";
import { openSource } from "../cache/sources.ts";
import { surveyFamilies } from "./family_survey.ts";
import { joinSymbols, withHistories } from "./follow.ts";
import { keptOptions, Listing } from "../bucket/listing.ts";
import { filesOfEach, isKnown } from "./loaded_symbol.ts";
import { partitionByCache } from "./partition_by_cache.ts";
import { reportEarlierStarts, reportStart } from "./reports.ts";
import { openLake } from "./run_context.ts";
import { partsOf, readRequest } from "../request.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { type PreloadOptions, todayOf, withDefaults } from "../settings.ts";
import { summarize } from "./summarize.ts";
import { NO_UPDATE, type PreloadResult } from "./summary.ts";

/**
 * Loads every bar of the symbols' periods, from the cache where it has them, else from the
 * bucket; whatever was finished before an interruption is not fetched again.
 *
 * One file that fails stops nothing: it is named in the summary, whose `complete` is false
 * then, and the next run tries it again. The result's bars ascend by date and time.
 *
 * An abort rejects with the signal's reason once what is finished is safely recorded.
 *
 * @throws {UsageError} when a symbol, period, interval or option cannot be read.
 * @throws {ConfigurationError} when the network is needed and credentials are missing.
 * @throws {S3Error} when the server refuses the keys or the listing.
 * @throws {EntitlementError} when the account's plan covers none of the files.
 * @throws {NetworkError} {@linkcode IntegrityError} when the bucket cannot be listed, or the
 * splits cannot be had.
 * @throws {DeclinedError} when `confirm` says no.
 * @throws {TemporaryError} when nothing arrives any more.
 * @throws {LockedError} when another process loads the same ticker.
 * @throws {RestError} when splits are needed and the REST API refuses.
 * @throws {StorageError} {@linkcode JournalError} when the cache cannot be read or written.
 */
export async function preload(
  symbols: readonly string[],
  options: PreloadOptions,
): Promise<PreloadResult> {
  const startedAt = performance.now();
  const settings = withDefaults(options);
  const asked = readRequest(symbols, settings, todayOf(settings));
  const lake = await openLake(settings);
  reportStart(asked, settings);
  const directory = await openSource(
    new CacheDirectory(settings.cacheDirectory),
    sourceName(settings),
  );
  const requests = await withHistories(asked, settings);
  const parts = partsOf(requests);
  const listing = await Listing.readKept(parts, keptOptions(settings, directory));
  const actions = await loadActions(requests, settings);
  const { cached: found, cachedFamilies: families, stale } = await partitionByCache(parts, {
    directory,
    settings,
    listing,
  });
  await using suggestions = stale.length === 0 && found.every(isKnown)
    ? undefined
    : new (await loadSuggestions()).Suggestions({ directory, settings, listing });
  const hits = await suggestions?.addTo(found) ?? found;
  settings.signal.throwIfAborted();
  for (const { symbol } of [...joinSymbols(requests, hits), ...families]) {
    settings.reporter({ type: "hit", symbol, checkedAtMs: listing.listedAtMs });
  }
  const update = stale.length === 0
    ? NO_UPDATE
    : await (await loadUpdate()).bringUpToDate(stale, listing, {
      ...{ directory, settings, lake },
      suggestions: suggestions!,
    });
  reportEarlierStarts(requests, listing, settings);
  if (listing.strays.count > 0) settings.reporter({ type: "strays", ...listing.strays });
  const loaded = joinSymbols(requests, [...hits, ...update.loaded]);
  const giveWay = givingWay();
  const files = await filesOfEach(loaded, listing, { giveWay });
  const loadedFamilies = [...families, ...update.families];
  const surveyed = await surveyFamilies(loadedFamilies, listing);
  const suggested = surveyed.every(({ survey }) => survey.tickers.size > 0)
    ? { families: surveyed, requests: 0 }
    : await (await loadSuggestions()).suggestFamilies(surveyed, { directory, settings });
  return await summarize(requests, files, {
    update,
    families: suggested.families,
    actions,
    settings,
    elapsedMs: performance.now() - startedAt,
    giveWay,
    suggestionRequests: (suggestions?.requests ?? 0) + suggested.requests,
  });
}

/** What makes suggestions, for which nothing that has bars pays. */
const loadSuggestions = () => import("./suggestions.ts");

/** What talks to the bucket, of which a hit pays for nothing. */
const loadUpdate = () => import("./update.ts");
