/** An export's bucket in a storm: one request in five fails. */

import { assert, assertEquals } from "@std/assert";
import { FakeS3, type FaultName } from "../../fixtures/s3_server.ts";
import { hashText, unit } from "../../fixtures/random.ts";
import { IntegrityError, NetworkError, S3Error } from "../../lib/errors.ts";
import { BucketTarget } from "../../lib/export/bucket_target.ts";

const KEYS = { accessKeyId: "TARGET", secretAccessKey: "another/secret" };
const PART = 64;
const DATASET = "us_stocks_sip/trades_v1";
const OBJECTS = 120;
const SIGNAL = new AbortController().signal;

/** What a request can meet and a run gets over. */
const FAULTS: readonly FaultName[] = [
  "slow-down",
  "internal-error",
  "reset-before",
  "redirect",
];

/** What a request that writes can meet as well. */
const WRITE_FAULTS: readonly FaultName[] = ["conflict"];

/** What becomes of bytes that a server does not store as they came. */
const DAMAGES: readonly FaultName[] = ["bit-flip", "lost-part"];

const OPERATIONS = [
  ...["put", "create-upload", "upload-part", "complete-upload", "abort-upload"] as const,
  ...["get", "head", "list", "list-uploads"] as const,
];

interface Exported {
  readonly path: string;
  readonly mark: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const EXPORTED: readonly Exported[] = Array.from({ length: OBJECTS }, (_, i) => {
  const date = new Date(Date.UTC(2023, 9, 1 + i)).toISOString().slice(0, 10);
  const size = Math.floor(unit(hashText(date), 0) * 6 * PART);
  return {
    path: `${DATASET}/${date}.csv.gz`,
    mark: `mark of ${date}`,
    bytes: Uint8Array.from({ length: size }, (_, at) => (at * 7 + i) % 251),
  };
});

const judge = () => Promise.resolve("replace" as const);

function runOn(s3: FakeS3): BucketTarget {
  return new BucketTarget({
    name: "s3://flatfiles",
    endpoint: "http://127.0.0.1:1",
    bucket: s3.bucket,
    prefix: "",
    credentials: KEYS,
    partSize: PART,
    fetch: s3.fetch,
    random: () => 0,
  });
}

/** Writes what is not there, each again until it is, as an export does. */
async function exportTo(target: BucketTarget): Promise<void> {
  const marks = new Map(
    (await target.list(DATASET, SIGNAL)).map((object) => [object.path, object]),
  );
  for (const { path, mark, bytes } of EXPORTED) {
    const there = marks.get(path);
    if (there?.mark === mark) continue;
    for (let tries = 1;; tries++) {
      try {
        const chunks = async function* () {
          for (let at = 0; at < bytes.length; at += 30) yield bytes.slice(at, at + 30);
        };
        await target.put(path, chunks(), { mark, replaces: there, judge, signal: SIGNAL });
        break;
      } catch (error) {
        if (!isPassing(error) || tries === 9) throw error;
      }
    }
  }
}

/** What an export would try again at the end of its queue. */
function isPassing(error: unknown): boolean {
  return error instanceof IntegrityError || error instanceof NetworkError ||
    error instanceof S3Error;
}

for (const seed of [1, 2, 3]) {
  Deno.test(`BucketTarget has every object whole after storm ${seed}, by two runs at once as well`, async () => {
    const s3 = new FakeS3({ credentials: KEYS, minPartSize: PART });
    const scope = { seed, key: /./ };
    const named = (names: readonly FaultName[]) => names.map((name) => ({ name }));
    s3.faults.storm({ ...scope, probability: 0.2, faults: named(FAULTS), operations: OPERATIONS });
    const writes = OPERATIONS.slice(0, 4);
    s3.faults.storm({
      ...scope,
      probability: 0.1,
      faults: named(WRITE_FAULTS),
      operations: writes,
    });
    const operations = ["put", "upload-part"] as const;
    s3.faults.storm({ ...scope, probability: 0.1, faults: named(DAMAGES), operations });
    const runs = seed === 3 ? [runOn(s3), runOn(s3)] : [runOn(s3)];
    await Promise.all(runs.map(exportTo));
    for (const run of runs) await run[Symbol.asyncDispose]();
    const struck = new Set(s3.requests.map(({ fault }) => fault));
    assert(
      [...FAULTS, ...WRITE_FAULTS, ...DAMAGES].every((name) => struck.has(name)),
      [...struck].join(),
    );
    s3.faults.clear();
    for (const { path, bytes } of EXPORTED) assertEquals(s3.objects.get(path)?.bytes, bytes, path);
    const others = s3.objects.keys().filter((key) => !key.includes("_flatfetch/"));
    assertEquals(others.length, OBJECTS);
    await using after = runOn(s3);
    const marks = (await after.list(DATASET, SIGNAL)).map(({ path, mark }) => [path, mark]);
    assertEquals(marks.sort(), EXPORTED.map(({ path, mark }) => [path, mark]));
  });
}
