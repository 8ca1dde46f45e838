/**
 * Exports that are killed at random moments, one after the other into the same place, until one ends.
 *
 * After each death all that has its name in the place is what an undisturbed run makes. What is in
 * the place is never fetched again. In the end the place is that of an undisturbed run, byte for byte.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { hashText, mix, unit } from "../../fixtures/random.ts";
import { FakeS3, type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";
import { BucketTarget } from "../../lib/export/bucket_target.ts";
import { exportDataset } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { bytesUnder } from "../program/home.ts";
import { FailingDisk } from "../cache/failing_disk.ts";
import { KEYS, Place } from "./place.ts";

/** Where to, how often, and from which seed. */
export interface ExportKills {
  readonly into: "folder" | "bucket";
  /** Deaths at least. */
  readonly kills: number;
  readonly seed: number;
  /** One of its calls of disk or network, from which on none is answered; or `kill -9` of a process. */
  readonly by: "call" | "process";
}

/** What was counted. */
export interface ExportKillReport {
  kills: number;
  /** Places that were filled. */
  places: number;
  /** Objects that were fetched and not in the place when the run died. */
  lost: number;
  /** The most of them in one run. */
  mostLost: number;
}

const LAKE_KEYS = { accessKeyId: "LAKEKEYID", secretAccessKey: "lake/secret" };
/** Files at once, those that a thread converts or writes, and those that wait for it. */
const MOST_IN_FLIGHT = 12;

/** Plays so many deaths; throws when one leaves what it must not. */
export async function killExports(
  { into, kills, seed, by }: ExportKills,
): Promise<ExportKillReport> {
  const report = { kills: 0, places: 0, lost: 0, mostLost: 0 };
  await using place = await Place.open({ latencyMs: by === "process" ? 2 : 0 });
  const attack = by === "call" ? attackCall : attackProcess;
  const whole = await filled(into, place, "whole");
  while (report.kills < kills) {
    await using lake = Lake.open(into, place, `lake_${report.places++}`);
    for (let isDone = false; !isDone;) {
      const name = `death ${report.kills} of seed ${seed} in a ${into}`;
      const before = await lake.objects();
      place.s3.clearRequests();
      isDone = await attack(lake, hashText(name));
      const gets = place.s3.takeGets();
      const after = await lake.objects();
      for (const [path, bytes] of after) assertEquals(bytes, whole.get(path), `${name}: ${path}`);
      const again = gets.filter((key) => before.has(lake.pathOf(key)));
      assertEquals(again, [], `${name}: fetched what is there`);
      const lost = gets.filter((key) => !after.has(lake.pathOf(key))).length;
      assert(lost <= MOST_IN_FLIGHT, `${name}: ${lost} were fetched and are not there`);
      report.lost += lost;
      report.mostLost = Math.max(report.mostLost, lost);
      if (!isDone) report.kills++;
    }
    assertEquals(await lake.all(), whole, `place ${report.places} of seed ${seed}`);
  }
  return report;
}

/** What an undisturbed run makes. */
async function filled(
  into: ExportKills["into"],
  place: Place,
  name: string,
): Promise<Map<string, Uint8Array>> {
  await using lake = Lake.open(into, place, name);
  assert(await attackCall(lake, undefined));
  return await lake.all();
}

/** A place, empty at first. */
class Lake implements AsyncDisposable {
  readonly place: Place;
  readonly folder: string;
  readonly bucket: { readonly s3: FakeS3; readonly server: RunningS3 } | undefined;

  private constructor(place: Place, name: string, bucket: Lake["bucket"]) {
    this.place = place;
    this.folder = `${place.home}/${name}`;
    this.bucket = bucket;
  }

  static open(into: ExportKills["into"], place: Place, name: string): Lake {
    if (into === "folder") return new Lake(place, name, undefined);
    const s3 = new FakeS3({ credentials: LAKE_KEYS });
    return new Lake(place, name, { s3, server: serveS3(s3) });
  }

  /** The path of what a flat file becomes. */
  pathOf(key: string): string {
    const [date] = /[\d-]{10}(?=\.csv)/.exec(key)!;
    return `/${this.place.files.dataset}/date=${date}/part.parquet`;
  }

  /** All that a reader of the lake sees. */
  async objects(): Promise<Map<string, Uint8Array>> {
    const all = await this.all();
    return new Map([...all].filter(([path]) => path.endsWith("/part.parquet")));
  }

  /** All that there is, by path; of a bucket, uploads that were begun as well. */
  async all(): Promise<Map<string, Uint8Array>> {
    if (this.bucket === undefined) return await bytesUnder(this.folder);
    const { objects } = this.bucket.s3;
    return new Map(
      objects.keys().map((key) => [key.replace(/^lake/, ""), objects.get(key)!.bytes]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bucket?.server[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }
}

/**
 * Runs an export until one of its calls, which the hash chooses, is answered no more, nor is any later
 * one: so whatever it does then changes nothing, as after a death. Whether it ended before.
 */
async function attackCall(lake: Lake, hash: number | undefined): Promise<boolean> {
  const { place, folder, bucket } = lake;
  // Without an index, which no dead run has written, each object is asked what it is made of.
  const most = bucket ? MOST_REQUESTS + bucket.s3.objects.keys().length : MOST_CALLS;
  const call = hash === undefined ? Infinity : mix(hash, 0) % most;
  const isHeard = hash !== undefined && unit(hash, 1) < 0.5;
  const stop = new AbortController();
  using disk = bucket ? undefined : new FailingDisk({ at: call, forGood: true, short: isHeard });
  const fetch = bucket && hash !== undefined ? dying({ call, isHeard, stop }) : undefined;
  const target = bucket
    ? new BucketTarget({ ...bucketOf(bucket), name: "s3://lake", prefix: "lake/", fetch })
    : new FolderTarget(folder);
  const options = { endpoint: place.url, credentials: KEYS, cacheDirectory: `${place.home}/cache` };
  const { signal } = stop;
  try {
    const run = { ...options, target, fetch, signal, concurrency: 4, programVersion: "0.1.0" };
    const { complete } = await exportDataset([place.files.dataset], run);
    // A dead run writes no index any more.
    await target[Symbol.asyncDispose]();
    return complete;
  } catch (error) {
    if (stop.signal.aborted || disk && disk.calls > call) return false;
    throw error;
  }
}

/** A network that answers no request from a certain one on, which the server may have heard still. */
function dying(
  { call, isHeard, stop }: { call: number; isHeard: boolean; stop: AbortController },
): typeof fetch {
  let calls = 0;
  return async (url, init) => {
    const now = calls++;
    if (now < call) return await fetch(url, init);
    stop.abort(new DOMException("killed", "AbortError"));
    if (now === call && isHeard) {
      const { signal: _, ...rest } = init ?? {};
      await (await fetch(url, rest)).body?.cancel();
    }
    throw stop.signal.reason;
  };
}

function bucketOf({ s3, server }: NonNullable<Lake["bucket"]>) {
  return { endpoint: server.url, bucket: s3.bucket, credentials: LAKE_KEYS };
}

/** So many make a part of the files, so that a place takes several runs. */
const MOST_CALLS = 120;
const MOST_REQUESTS = 40;

/** The same with a process that is killed some milliseconds after a request. */
async function attackProcess(lake: Lake, hash: number): Promise<boolean> {
  const { place, folder, bucket } = lake;
  const into = bucket
    ? ["--into", `s3://${bucket.s3.bucket}/lake`, "--into-endpoint", bucket.server.url]
    : ["--into", folder];
  await using run = place.start(["export", place.files.dataset, ...into, "-j", "4"], {
    env: {
      FLATFETCH_CACHE_DIR: `${place.home}/cache`,
      FLATFETCH_INTO_ACCESS_KEY_ID: LAKE_KEYS.accessKeyId,
      FLATFETCH_INTO_SECRET_ACCESS_KEY: LAKE_KEYS.secretAccessKey,
    },
  });
  const requests = 1 + mix(hash, 0) % MOST_REQUESTS;
  await Promise.race([run.ended, place.s3.until(({ length }) => length >= requests)]);
  await new Promise((resolve) => setTimeout(resolve, unit(hash, 1) * 20));
  run.kill("SIGKILL");
  const { code, signal, stderr } = await run.ended;
  await Promise.all([place.quiet(), bucket?.server.quiet()]);
  assert(code === 0 || signal === "SIGKILL", stderr);
  return code === 0;
}
