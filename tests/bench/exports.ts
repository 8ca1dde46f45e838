/**
 * What is measured of exports, and what people use instead: whole datasets as Parquet, in the order
 * of their rows.
 *
 * @module
 */

import { FILES_BYTES, STOCK_DAYS, STOCK_MINUTES } from "./data.ts";
import { flatfetch } from "./flatfetch.ts";
import { measure } from "./measure.ts";
import { DUCKDB, firstMissing, PANDAS, S5CMD, script, shell } from "./peers.ts";
import { checkCount, type Ended, type Place, type Scenario } from "./scenario.ts";

/** A dataset, and how it is exported. */
interface Work {
  readonly dataset: string;
  readonly args: readonly string[];
  readonly objects: number;
  readonly bytes: number;
}

const MINUTES: Work = {
  dataset: STOCK_MINUTES.dataset,
  args: ["--from", STOCK_MINUTES.dates[0]!, "--to", STOCK_MINUTES.dates.at(-1)!],
  objects: STOCK_MINUTES.dates.length,
  bytes: 3e9,
};

const DAYS: Work = {
  dataset: STOCK_DAYS.dataset,
  args: ["--from", STOCK_DAYS.dates[0]!, "--to", STOCK_DAYS.dates.at(-1)!, "--by", "month"],
  objects: new Set(STOCK_DAYS.dates.map((date) => date.slice(0, 7))).size,
  bytes: 2 * FILES_BYTES,
};

/** Exports into a folder. */
export const EXPORTS: readonly Scenario[] = [
  exported("export-minutes", "60 files of minutes to Parquet", MINUTES),
  exported("export-days", "1,255 files of days to Parquet, a file a month", DAYS),
  exported("export-again", "1,255 files of days, nothing new", DAYS, (place) => (
    measure(exportOf(DAYS)(place))
  )),
];

/** The same by others. */
export const EXPORT_PEERS: readonly Scenario[] = [
  other("duckdb-minutes", "s5cmd cp, then DuckDB COPY TO, a file each", MINUTES, "each"),
  other("duckdb-days", "s5cmd cp, then DuckDB COPY TO, a file a month", DAYS, "month"),
  {
    ...other("pandas-minutes", "pandas read_csv and to_parquet, four processes", MINUTES, "each"),
    lacks: () => firstMissing([S5CMD, PANDAS]),
    run: shell((place) =>
      `${fetched(MINUTES, place)} && python3 ${script("pandas_export.py")} ${place.folder} 4`
    ),
  },
];

function exportOf({ dataset, args }: Work): (place: Place) => ReturnType<typeof flatfetch> {
  return (place) =>
    flatfetch(place, ["export", dataset, "--into", `${place.folder}/lake`, ...args]);
}

function exported(
  id: string,
  title: string,
  work: Work,
  prepare?: Scenario["prepare"],
): Scenario {
  return {
    id,
    title,
    leavesBytes: work.bytes,
    run: exportOf(work),
    check: ({ stdout, place }: Ended) => {
      if (!JSON.parse(stdout).complete) throw new Error(`The export is not complete: ${stdout}`);
      return checkFiles(`${place.folder}/lake`, work.objects);
    },
    ...(prepare && { prepare }),
  };
}

function other(id: string, title: string, work: Work, by: "each" | "month"): Scenario {
  return {
    id,
    title,
    leavesBytes: 2 * work.bytes,
    lacks: () => firstMissing([S5CMD, DUCKDB]),
    run: shell((place) =>
      `${fetched(work, place)} && python3 ${script("duckdb_export.py")} ${place.folder} ${by}`
    ),
    check: ({ place }) => checkFiles(place.folder, work.objects),
  };
}

function fetched({ dataset }: Work, { url, folder }: Place): string {
  return `s5cmd --endpoint-url ${url} cp 's3://flatfiles/${dataset}/*' ${folder}/csv/ > ${folder}/log`;
}

async function checkFiles(folder: string, wanted: number): Promise<void> {
  let found = 0;
  const folders = [folder];
  for (const path of folders) {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) folders.push(`${path}/${name}`);
      else if (name.endsWith(".parquet")) found++;
    }
  }
  checkCount(found, wanted, "Parquet files");
}
