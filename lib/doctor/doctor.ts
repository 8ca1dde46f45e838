/**
 * Checks whether everything that a run needs is there and works.
 *
 * @module
 */

import { checkBucket } from "./bucket.ts";
import { checkEndpoint, checkKeys } from "./reachability.ts";
import { type DoctorOptions, notTried, settingsOf, type SetupCheck } from "./setup_check.ts";
import { checkMachine } from "./machine.ts";

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
 * @throws {RangeError} when the limit is not positive.
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
