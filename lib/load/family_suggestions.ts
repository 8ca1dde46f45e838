/**
 * Finds what families may have been meant for that no ticker of the files matches.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { datasetOf } from "../market/dataset.ts";
import { familyReadings, nearestFamilies } from "../market/readings.ts";
import { parseFamily } from "../market/ticker_family.ts";
import type { Settings } from "../settings.ts";
import type { SurveyedFamily } from "./family_survey.ts";
import { NewestTickers } from "./newest_tickers.ts";

/** Families, and the HTTP requests that their suggestions took. */
export interface SuggestedFamilies {
  readonly families: readonly SurveyedFamily[];
  readonly requests: number;
}

/** Adds to each family without a ticker what the newest files have instead. */
export async function suggestFamilies(
  all: readonly SurveyedFamily[],
  { directory, settings }: {
    readonly directory: CacheDirectory;
    readonly settings: Settings;
  },
): Promise<SuggestedFamilies> {
  await using newest = new NewestTickers(directory, settings);
  const families = await Array.fromAsync(all, async (one) => {
    const isFound = one.survey.tickers.size > 0;
    return isFound ? one : { ...one, suggestions: await suggest(one, newest) };
  });
  return { families, requests: newest.requests };
}

async function suggest(
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
