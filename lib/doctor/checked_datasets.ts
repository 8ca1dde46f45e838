/**
 * The datasets of which is checked what the plan serves: bars of days and of minutes.
 *
 * @module
 */

import { type Dataset, datasetOf } from "../market/dataset.ts";
import type { Asset } from "../market/symbol.ts";

/** A dataset under the name that people have for it. */
export interface CheckedDataset {
  /** Such as `stocks, day`. */
  readonly title: string;
  readonly dataset: Dataset;
}

const TITLES: Readonly<Record<Asset, string>> = {
  stock: "stocks",
  option: "options",
  index: "indices",
  forex: "forex",
  crypto: "crypto",
};

/** Stocks by day come first. */
export const CHECKED_DATASETS: readonly CheckedDataset[] = Object.entries(TITLES).flatMap(
  ([asset, title]) => {
    const day = datasetOf(asset as Asset, "1d");
    const minute = datasetOf(asset as Asset, "1m");
    return [{ title: `${title}, day`, dataset: day }, {
      title: `${title}, minute`,
      dataset: minute,
    }];
  },
);
