/**
 * A dataset: the vendor's family of files, and how a key in it names a date.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { isDate } from "./period.ts";
import { type Interval, type SourceInterval, sourceOf } from "./interval.ts";

/** The kinds of thing that the bucket has prices of. */
export type Asset = "stock" | "crypto" | "forex" | "index" | "option";

/** A vendor's family of files, one a date. */
export interface Dataset {
  /** Prefix of all its keys, such as `us_stocks_sip/day_aggs_v1`. */
  readonly name: string;
  /** The first date that the vendor has. */
  readonly firstDate: string;
  /** What its bars are of. */
  readonly asset: Asset;
  /** How long they are. */
  readonly interval: SourceInterval;
}

const FAMILIES: Readonly<Record<Asset, { prefix: string; firstDate: string }>> = {
  stock: { prefix: "us_stocks_sip", firstDate: "2003-09-10" },
  option: { prefix: "us_options_opra", firstDate: "2014-06-02" },
  index: { prefix: "us_indices", firstDate: "2023-02-14" },
  forex: { prefix: "global_forex", firstDate: "2009-09-25" },
  crypto: { prefix: "global_crypto", firstDate: "2013-11-01" },
};

const FILES: Readonly<Record<SourceInterval, string>> = {
  "1m": "minute_aggs_v1",
  "1d": "day_aggs_v1",
};

/** The dataset that an asset's bars of an interval are made from. */
export function datasetOf(asset: Asset, interval: Interval): Dataset {
  const { prefix, firstDate } = FAMILIES[asset];
  const source = sourceOf(interval);
  return { name: `${prefix}/${FILES[source]}`, firstDate, asset, interval: source };
}

/** Every dataset that has bars of an asset. */
export function datasetsOf(asset: Asset): Dataset[] {
  return [datasetOf(asset, "1m"), datasetOf(asset, "1d")];
}

/** The dataset of a name, or `undefined` when there is none. */
export function datasetNamed(name: string): Dataset | undefined {
  return Object.keys(FAMILIES).flatMap((asset) => datasetsOf(asset as Asset))
    .find((dataset) => dataset.name === name);
}

/** Every name that a dataset of bars, trades or quotes can have. */
export function datasetNames(): string[] {
  const files = [...Object.values(FILES), "trades_v1", "quotes_v1"];
  return Object.values(FAMILIES).flatMap(({ prefix }) => files.map((file) => `${prefix}/${file}`));
}

/** What a key names, or `undefined` when it names no flat file. */
export function parseKey(key: string): { dataset: Dataset; date: string } | undefined {
  const dataset = datasetNamed(key.split("/", 2).join("/"));
  const date = dataset && dateOfKey(dataset, key);
  return dataset && date !== undefined ? { dataset, date } : undefined;
}

/** The prefix of a dataset's keys in one year, such as `us_stocks_sip/day_aggs_v1/2024/`. */
export function yearPrefix(dataset: Dataset, year: number): string {
  return `${dataset.name}/${String(year).padStart(4, "0")}/`;
}

/** The date in a key of a dataset, or `undefined` when the key names no flat file. */
export function dateOfKey({ name }: Pick<Dataset, "name">, key: string): string | undefined {
  if (!key.startsWith(`${name}/`)) return undefined;
  const rest = key.slice(name.length + 1);
  const match = /^(\d{4})\/(\d{2})\/((\d{4})-(\d{2})-\d{2})\.csv\.gz$/.exec(rest);
  if (match === null || match[1] !== match[4] || match[2] !== match[5]) {
    return undefined;
  }
  return isDate(match[3]!) ? match[3] : undefined;
}

/**
 * The name of a dataset, without the slash that completions leave at its end.
 *
 * @throws {UsageError} when a text cannot be one.
 */
export function checkDatasetName(text: string): string {
  if (/^\w[\w.-]*\/\w[\w.-]*\/?$/.test(text)) return text.replace(/\/$/, "");
  const wanted = "want PREFIX/NAME, such as us_stocks_sip/day_aggs_v1";
  throw new UsageError(`Cannot read dataset ${quote(text)}: ${wanted}`);
}
