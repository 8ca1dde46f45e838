/**
 * Reads what is asked of an export: which datasets, how their objects are made, and which part is
 * this machine's, where a scheduler starts the same command on many.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { checkGiven, type Kind, list, needed } from "../given.ts";
import type { Layout } from "../lake/layout.ts";
import { checkDatasetName } from "../market/dataset.ts";
import { parseFamily } from "../market/ticker_family.ts";

/** What names datasets. */
export const DATASETS = needed(list('"us_stocks_sip/day_aggs_v1"'));

/** Where an export goes: whatever lists objects as a target does. */
export const TARGET: Kind = {
  wanted: "a FolderTarget or a BucketTarget",
  isRight: (value) => typeof (value as { list?: unknown } | null)?.list === "function",
  isNeeded: true,
};

/**
 * The names of datasets, each once.
 *
 * @throws {UsageError} when one cannot be read, or there is none.
 */
export function readDatasets(datasets: readonly string[]): string[] {
  checkGiven({ datasets }, { datasets: DATASETS });
  if (datasets.length === 0) {
    throw new UsageError(
      "Cannot export: want a list of datasets, such as us_stocks_sip/day_aggs_v1",
    );
  }
  return [...new Set(datasets.map(checkDatasetName))];
}

/**
 * @param prefix What stands before the name of each part where it is given.
 * @throws {UsageError} when a part of it cannot be read, or the parts do not go together.
 */
export function readLayout(
  { by, format, tickers }: { by?: unknown; format?: unknown; tickers?: Layout["tickers"] },
  prefix: "" | "--" = "",
): Layout {
  const layout = {
    by: oneOf(`${prefix}by`, by, ["date", "month"]),
    format: oneOf(`${prefix}format`, format, ["parquet", "csv.gz"]),
    tickers: tickers === undefined ? undefined : readTickers(tickers),
  };
  if (layout.format === "csv.gz" && (layout.by === "month" || tickers !== undefined)) {
    throw new UsageError(
      "Cannot export csv.gz by month, or of some tickers alone: the files stay as they came",
    );
  }
  return layout;
}

function readTickers(tickers: readonly string[]): readonly string[] {
  checkGiven({ tickers }, { tickers: list('"SPY"') });
  if (tickers.length === 0) {
    throw new UsageError(
      "Cannot export the rows of no tickers: want a list, such as SPY and BRK.*",
    );
  }
  // A ticker is a pattern without wildcards.
  return tickers.map((ticker) => parseFamily(ticker).name);
}

/** The first one where none is given. */
function oneOf<Word extends string>(
  name: string,
  given: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  const word = given === undefined ? words[0] : words.find((one) => one === given);
  if (word !== undefined) return word;
  throw new UsageError(
    `Cannot use ${quote(given)} for ${name}: want ${words.join(" or ")}`,
  );
}

/** One of `count` parts. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** The variable that says which part it is, and those that say of how many. */
interface Scheduler {
  readonly index: string;
  readonly others: readonly string[];
  /** The parts of an array that is whole; `undefined` where the index is none of them. */
  readonly shard: (index: number, others: readonly number[], total: number) => Shard | undefined;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    // An Indexed Job of Kubernetes, which does not tell a pod how many there are.
    index: "JOB_COMPLETION_INDEX",
    others: [],
    shard: (index, _, count) => ({ index, count }),
  },
  {
    index: "SLURM_ARRAY_TASK_ID",
    others: [
      "SLURM_ARRAY_TASK_COUNT",
      "SLURM_ARRAY_TASK_MIN",
      "SLURM_ARRAY_TASK_MAX",
      "SLURM_ARRAY_TASK_STEP",
    ],
    shard: (id, [count, min, max, step]) => {
      // Of an array such as 1,3,7 no task can know which of the parts is its own.
      const isEven = (max! - min!) / step! + 1 === count;
      return isEven ? { index: (id - min!) / step!, count: count! } : undefined;
    },
  },
  {
    index: "AWS_BATCH_JOB_ARRAY_INDEX",
    others: ["AWS_BATCH_JOB_ARRAY_SIZE"],
    shard: (index, [count]) => ({ index, count: count! }),
  },
];

/** Every variable that says which part is this machine's. */
export const SHARD_VARIABLES: readonly string[] = SCHEDULERS.flatMap(({ index, others }) => [
  index,
  ...others,
]);

/**
 * The shard that `I/N` names, with I from 1 to N; `auto` takes it from the scheduler's variables, and
 * `auto/N` is for a scheduler that does not say of how many, and checks one that does.
 *
 * @throws {UsageError} when it cannot be read, or no scheduler says it.
 */
export function parseShard(text: string, env: Readonly<Record<string, string | undefined>>): Shard {
  const [, given, total] = /^(auto|\d{1,9})(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  const count = Number(total);
  if (given === "auto" && (total === undefined || count > 0)) return shardIn(env, count);
  const number = Number(given);
  if (1 <= number && number <= count) return { index: number - 1, count };
  throw new UsageError(
    `Cannot read shard ${quote(text)}: want I/N with I from 1 to N, auto, or auto/N`,
  );
}

/** @param total How many parts the user says there are; `NaN` when unsaid. */
function shardIn(env: Readonly<Record<string, string | undefined>>, total: number): Shard {
  const [scheduler, another] = SCHEDULERS.filter(({ index }) => env[index]);
  if (scheduler === undefined) {
    const names = SCHEDULERS.map(({ index }) => index).join(", ");
    throw new UsageError(`Cannot find the shard: none of ${names} is set`);
  }
  if (another !== undefined) {
    throw new UsageError(
      `Cannot find the shard: ${scheduler.index} and ${another.index} are both set`,
    );
  }
  const names = [scheduler.index, ...scheduler.others];
  const [index, ...others] = names.map((name) =>
    /^\d{1,9}$/.test(env[name] ?? "") ? Number(env[name]) : NaN
  );
  const shard = scheduler.shard(index!, others, total);
  if (shard && isPart(shard) && !(shard.count !== total && total > 0)) return shard;
  const found = names.map((name) => `${name}=${env[name] ?? ""}`).join(" ");
  const unset = names.find((name) => !env[name]);
  const want = unset === undefined ? wantedOf(scheduler, total) : `${unset} as well`;
  throw new UsageError(`Cannot find the shard in ${quote(found)}: want ${want}`);
}

function wantedOf({ others: [count, ...more] }: Scheduler, total: number): string {
  if (count === undefined) return "an index below N, and --shard auto/N";
  if (total > 0) return `an array of ${total} without holes`;
  return more.length === 0 ? `an index below ${count}` : "an array without holes";
}

function isPart({ index, count }: Shard): boolean {
  return Number.isInteger(index) && Number.isInteger(count) && 0 <= index && index < count;
}
