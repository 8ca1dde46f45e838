/**
 * What people use instead: programs that do the same work on the same server.
 *
 * Each downloads the 1,255 files and leaves one symbol's rows in `rows.csv` of its folder.
 *
 * @module
 */

import { FILES_BYTES, STOCK_DAYS } from "./data.ts";
import { type Invocation, isInstalled } from "./measure.ts";
import { checkCount, type Ended, type Place, type Scenario } from "./scenario.ts";

const FILES = `flatfiles/${STOCK_DAYS.dataset}`;
const ENV = {
  AWS_ACCESS_KEY_ID: "a",
  AWS_SECRET_ACCESS_KEY: "b",
  AWS_REGION: "us-east-1",
  AWS_CONFIG_FILE: script("aws_config"),
};

/** A program, and the arguments with which it tells that it is there. */
type Need = readonly [command: string, ...args: readonly string[]];

const BOTO3: Need = ["python3", "-c", "import boto3"];
export const DUCKDB: Need = ["python3", "-c", "import duckdb"];
const AWS: Need = ["aws", "--version"];
export const S5CMD: Need = ["s5cmd", "version"];
export const PANDAS: Need = ["python3", "-c", "import pandas, pyarrow"];
const RCLONE: Need = ["rclone", "version"];
const ZGREP: Need = ["zgrep", "--version"];

/** Every peer. A downloader without a number in its title works as it comes. */
export const PEERS: readonly Scenario[] = [
  peer("boto3-csv", "boto3, 20 threads, csv.DictReader", [BOTO3], boto3("csv")),
  peer("boto3-bytes", "boto3, 20 threads, bytes search", [BOTO3], boto3("bytes")),
  peer(
    "aws-zgrep",
    "aws s3 cp --recursive (20 at once), then parallel zgrep",
    [AWS, ZGREP],
    ({ url, folder }) =>
      `aws --endpoint-url ${url} s3 cp --quiet --recursive s3://${FILES} ${folder} && ` +
      zgrep(folder),
  ),
  peer(
    "s5cmd-zgrep",
    "s5cmd cp, then parallel zgrep",
    [S5CMD, ZGREP],
    (place) => `${s5cmd(place)} && ${zgrep(place.folder)}`,
  ),
  peer(
    "rclone-zgrep",
    "rclone copy (20 at once), then parallel zgrep",
    [RCLONE, ZGREP],
    ({ url, folder }) =>
      `rclone copy --transfers 20 --checkers 20 ":s3,provider=Other,list_version=2,` +
      `env_auth=true,endpoint='${url}':${FILES}" ${folder} && ${zgrep(folder)}`,
  ),
  peer(
    "s5cmd-duckdb",
    "s5cmd cp, then DuckDB read_csv",
    [S5CMD, DUCKDB],
    (place) => `${s5cmd(place)} && python3 ${script("duckdb_rows.py")} ${place.folder} TSLA`,
  ),
];

/** The ids of all peers. */
export const PEER_IDS: readonly string[] = PEERS.map(({ id }) => id);

function peer(
  id: string,
  title: string,
  needs: readonly Need[],
  command: (place: Place) => string,
): Scenario {
  return {
    id,
    title,
    leavesBytes: FILES_BYTES,
    lacks: () => firstMissing(needs),
    run: shell(command),
    check: hasRows,
  };
}

/** A command line of bash. */
export function shell(command: (place: Place) => string): (place: Place) => Invocation {
  return (place) => ({ command: "bash", args: ["-c", `set -e; ${command(place)}`], env: ENV });
}

function boto3(way: "csv" | "bytes"): (place: Place) => string {
  return ({ url, folder }) => `python3 ${script("boto3_threads.py")} ${url} ${folder} TSLA ${way}`;
}

function s5cmd({ url, folder }: Place): string {
  return `s5cmd --endpoint-url ${url} cp 's3://${FILES}/*' ${folder}/ > ${folder}/log`;
}

function zgrep(folder: string): string {
  return `find ${folder} -name '*.csv.gz' | sort | ` +
    `xargs -P $(nproc) -n 64 zgrep -h '^TSLA,' > ${folder}/rows.csv`;
}

/** The first of some programs that is not installed. */
export async function firstMissing(needs: readonly Need[]): Promise<string | undefined> {
  for (const [command, ...args] of needs) {
    if (!await isInstalled(command, args)) return [command, ...args].join(" ");
  }
}

async function hasRows({ place }: Ended): Promise<void> {
  const text = await Deno.readTextFile(`${place.folder}/rows.csv`);
  const rows = new Set(text.match(/^TSLA,.*/gm));
  checkCount(rows.size, STOCK_DAYS.dates.length, "rows");
}

/** The path of a script of a peer. */
export function script(name: string): string {
  return decodeURIComponent(new URL(`./peers/${name}`, import.meta.url).pathname);
}
