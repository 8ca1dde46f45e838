/**
 * What people use instead: programs that do the same work on the same server.
 *
 * @module
 */

import { type Invocation, isInstalled } from "./measure.ts";

/** A way to get one symbol's bars without this program. */
export interface Peer {
  readonly name: string;
  /** Tells whether the machine has it. */
  readonly isHere: () => Promise<boolean>;
  /** The run, into a folder of its own. */
  readonly run: (endpoint: string, folder: string) => Invocation;
}

const SCRIPT = new URL("./peers/boto3_threads.py", import.meta.url).pathname;
const PREFIX = "us_stocks_sip/day_aggs_v1";
const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "us-east-1" };

/** Every peer that the issue of speed names, and that can be had from package registries. */
export const PEERS: readonly Peer[] = [
  boto3("csv", "boto3, 20 threads, csv.DictReader"),
  boto3("bytes", "boto3, 20 threads, bytes search"),
  {
    name: "rclone copy, then zgrep on all cores",
    isHere: () => isInstalled("rclone", ["version"]),
    run: (endpoint, folder) =>
      shell(
        `rclone copy --transfers 20 --checkers 20 ":s3,provider=Other,list_version=2,env_auth=true,endpoint='${endpoint}':flatfiles/${PREFIX}" ${folder} && ${
          zgrep(folder)
        }`,
      ),
  },
  {
    name: "aws s3 cp --recursive, then zgrep on all cores",
    isHere: () => isInstalled("aws", ["--version"]),
    run: (endpoint, folder) =>
      shell(
        `aws --endpoint-url ${endpoint} s3 cp --quiet --recursive s3://flatfiles/${PREFIX} ${folder} && ${
          zgrep(folder)
        }`,
      ),
  },
  {
    name: "s5cmd cp, then zgrep on all cores",
    isHere: () => isInstalled("s5cmd", ["version"]),
    run: (endpoint, folder) =>
      shell(
        `s5cmd --endpoint-url ${endpoint} cp 's3://flatfiles/${PREFIX}/*' ${folder}/ >/dev/null && ${
          zgrep(folder)
        }`,
      ),
  },
];

function boto3(way: "csv" | "bytes", name: string): Peer {
  return {
    name,
    isHere: () => isInstalled("python3", ["-c", "import boto3"]),
    run: (endpoint, folder) => ({
      command: "python3",
      args: [SCRIPT, endpoint, folder, "TSLA", way],
    }),
  };
}

function shell(script: string): Invocation {
  return { command: "bash", args: ["-c", `unset AWS_CA_BUNDLE; set -e; ${script}`], env: KEYS };
}

function zgrep(folder: string): string {
  return `find ${folder} -name '*.csv.gz' | sort | xargs -P $(nproc) -n 64 zgrep -h '^TSLA,' > ${folder}/rows && test $(wc -l < ${folder}/rows) -gt 1100`;
}
