/**
 * Checks this machine: versions, threads, the cache directory and its disk.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { quote, StorageError } from "../errors.ts";
import { threadHindrance } from "../concurrency/thread.ts";
import { Extractor } from "../flatfile/extractor.ts";
import { THREAD_URL } from "../flatfile/thread_module.ts";
import {
  type DoctorSettings,
  type Found,
  notTried,
  runSetupCheck,
  type SetupCheck,
  warning,
} from "./setup_check.ts";

const MIB = 2 ** 20;

/** Below this, one symbol's bars and a listing may not fit. */
const LEAST_FREE_BYTES = 32 * MIB;

/** A run keeps downloaded files up to this much unless it says otherwise. */
const USUAL_FREE_BYTES = 1_024 * MIB;

/** The version of Deno from which on everything works. */
const LEAST_DENO = [2, 9] as const;

/** Checks one thing after the other. */
export async function* checkMachine(settings: DoctorSettings): AsyncGenerator<SetupCheck, void> {
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
