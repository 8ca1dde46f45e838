/**
 * Checks whether everything that a run needs is there and works.
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
import { checkMachine } from "./machine.ts";
import { ConfigurationError, quote } from "../errors.ts";
import type { Credentials } from "../s3/credentials.ts";
import { reachEndpoint } from "../s3/reach.ts";

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
