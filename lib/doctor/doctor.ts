/**
 * Checks whether everything that a run needs is there and works, first on this machine: versions,
 * threads, the cache directory and its disk.
 *
 * @module
 */

import { checkBucket } from "./bucket.ts";
import {
  type DoctorOptions,
  type DoctorSettings,
  failure,
  type Found,
  notTried,
  runSetupCheck,
  settingsOf,
  type SetupCheck,
  warning,
} from "./setup_check.ts";
import { ConfigurationError, quote, StorageError } from "../errors.ts";
import type { Credentials } from "../s3/credentials.ts";
import { reachEndpoint } from "../s3/reach.ts";
import { CacheDirectory } from "../cache/directory.ts";
import { threadHindrance } from "../concurrency/thread.ts";
import { Extractor } from "../flatfile/extractor.ts";
import { THREAD_URL } from "../flatfile/thread_module.ts";

/**
 * Checks versions, threads, cache directory and disk; then keys, endpoint and clock; then
 * the listing, which dates of each dataset the plan serves, and one whole file. Each comes as
 * soon as it is known. What depends on something that has failed is not tried.
 *
 * The bucket is asked for its listings, for the first byte of about a dozen files a dataset
 * and for one small file. Every check has its limit, so all of them have an end: with
 * the usual one within five minutes, whatever the server does. No text or error holds a
 * secret. An abort rejects with the signal's reason.
 *
 * @throws {UsageError} when an option is none of what it may be.
 */
export async function* diagnose(options: DoctorOptions): AsyncGenerator<SetupCheck, void> {
  const settings = settingsOf(options);
  yield* checkMachine(settings);
  const { check, credentials } = await checkKeys(settings);
  yield check;
  const { endpoint, clock } = await checkEndpoint(settings);
  yield endpoint;
  yield clock;
  if (credentials !== undefined && endpoint.status !== "failure") {
    return yield* checkBucket(settings, credentials);
  }
  const why = credentials === undefined
    ? "there are no credentials"
    : "the endpoint cannot be reached";
  for (const name of ["listing", "plan", "download"] as const) yield notTried(name, why);
}

const MINUTE_MS = 60_000;

/** A signature by a clock that is off as much is refused. */
const REFUSED_MS = 15 * MINUTE_MS;

/** A clock that is off as much is likely to go on drifting. */
const WARNING_MS = 5 * MINUTE_MS;

/** Looks for the keys; they are in no text. */
async function checkKeys(
  settings: DoctorSettings,
): Promise<{ check: SetupCheck; credentials: Credentials | undefined }> {
  let credentials: Credentials | undefined;
  const check = await runSetupCheck("credentials", settings, async () => {
    const keys = await settings.findCredentials();
    if (keys.kind === "missing") {
      const places = keys.lookedFor.join(", ");
      throw new ConfigurationError(`Cannot find S3 credentials: looked for ${places}`);
    }
    credentials = keys.credentials;
    const token = credentials.sessionToken === undefined ? "" : ", with a session token";
    return { status: "ok", text: `found in ${keys.source}${token}` };
  });
  return { check, credentials };
}

/** Reaches the endpoint once, which tells its clock as well. */
async function checkEndpoint(
  settings: DoctorSettings,
): Promise<{ endpoint: SetupCheck; clock: SetupCheck }> {
  let clock = notTried("clock", "the endpoint cannot be reached");
  const endpoint = await runSetupCheck("endpoint", settings, async (signal) => {
    const { endpoint, bucket, fetch, now } = settings;
    const startMs = performance.now();
    const sentAtMs = now();
    const { serverTimeMs } = await reachEndpoint({ endpoint, bucket, fetch, signal });
    const elapsedMs = performance.now() - startMs;
    clock = { name: "clock", ...clockFound(serverTimeMs, sentAtMs + elapsedMs / 2) };
    const host = quote(new URL(endpoint).host);
    return { status: "ok", text: `${host} answers in ${Math.round(elapsedMs)} ms` };
  });
  return { endpoint, clock };
}

/** @param nowMs this machine's clock when the answer was made. */
function clockFound(serverTimeMs: number | undefined, nowMs: number): Found {
  if (serverTimeMs === undefined) {
    return warning("not-known", "not known: the server's answer has no date");
  }
  const offsetMs = nowMs - serverTimeMs;
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const size = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
  // The server tells whole seconds.
  const text = seconds <= 1
    ? "this machine's clock is that of the server"
    : `this machine's clock is ${size} ${offsetMs > 0 ? "ahead of" : "behind"} the server's`;
  if (Math.abs(offsetMs) < WARNING_MS) return { status: "ok", text };
  if (Math.abs(offsetMs) < REFUSED_MS) return warning("clock-off", text);
  const error = new ConfigurationError(`Cannot sign by this clock: ${text}`);
  return { ...failure(error), reason: "clock-off" };
}

const MIB = 2 ** 20;

/** Below this, one symbol's bars and a listing may not fit. */
const LEAST_FREE_BYTES = 32 * MIB;

/** A run keeps downloaded files up to this much unless it says otherwise. */
const USUAL_FREE_BYTES = 1_024 * MIB;

/** The version of Deno from which on everything works. */
const LEAST_DENO = [2, 9] as const;

/** Checks one thing after the other. */
async function* checkMachine(settings: DoctorSettings): AsyncGenerator<SetupCheck, void> {
  yield await runSetupCheck("version", settings, () => Promise.resolve(versionFound(settings)));
  yield await checkThreads(settings);
  const directory = await runSetupCheck("cache-directory", settings, () => findDirectory(settings));
  yield directory;
  yield directory.status === "failure"
    ? notTried("disk-space", "the cache directory cannot be used")
    : await runSetupCheck("disk-space", settings, () => findSpace(settings));
}

function versionFound({ version }: DoctorSettings): Found {
  const { os, arch } = Deno.build;
  const text = `flatfetch${version ? ` ${version}` : ""}, Deno ${Deno.version.deno}, ${os} ${arch}`;
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST_DENO;
  const isOld = major < leastMajor || major === leastMajor && minor < leastMinor;
  const wanted = `; want Deno ${LEAST_DENO.join(".")} or newer`;
  return isOld ? warning("old-version", text + wanted) : { status: "ok", text };
}

/** A run goes on without threads, whatever the reason is. */
async function checkThreads(settings: DoctorSettings): Promise<SetupCheck> {
  const check = await runSetupCheck("threads", settings, async () => {
    using extractor = new Extractor();
    await extractor.startThreads(1);
    if (extractor.threads > 0) return { status: "ok", text: "files are read on threads" };
    throw new Error("Cannot start a thread");
  });
  if (check.status === "ok") return check;
  const hindrance = threadHindrance(THREAD_URL);
  const why = hindrance === "bundled"
    ? "a bundle starts no threads"
    : hindrance === "not-readable"
    ? "no thread can be started, for Deno may not read the program's own files"
    : "no thread can be started";
  const text = `${why}; files are read in place, with the same result but slower`;
  const reason = hindrance === "not-readable" ? "threads-not-allowed" : "no-threads";
  return { name: "threads", ...warning(reason, text) };
}

async function findDirectory({ cacheDirectory, readFilesystem }: DoctorSettings): Promise<Found> {
  const directory = new CacheDirectory(cacheDirectory);
  await directory.make();
  const filesystem = await readFilesystem(directory.path);
  const text = `${quote(directory.path)} is a directory of yours, and can be written`;
  if (filesystem?.kind === undefined) return { status: "ok", text };
  const place = `${text}, on ${filesystem.kind}`;
  if (!filesystem.isRemote) return { status: "ok", text: place };
  return warning("remote-disk", `${place}, where locks may not hold between machines`);
}

async function findSpace({ cacheDirectory, readFilesystem }: DoctorSettings): Promise<Found> {
  const path = new CacheDirectory(cacheDirectory).path;
  const filesystem = await readFilesystem(path);
  if (filesystem === undefined) {
    return warning("not-known", "not known: Deno needs --allow-sys=statfs to tell it");
  }
  const { freeBytes } = filesystem;
  const text = `${Math.floor(freeBytes / MIB).toLocaleString("en")} MiB are free`;
  if (freeBytes >= USUAL_FREE_BYTES) return { status: "ok", text };
  if (freeBytes >= LEAST_FREE_BYTES) {
    return warning("little-space", `only ${text}; a run may keep files up to 1,024 MiB`);
  }
  const message = `Cannot rely on the disk of ${quote(path)}: ${text}, want at least 32 MiB`;
  throw new StorageError(message, { path, code: "ENOSPC" });
}
