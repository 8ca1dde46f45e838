/**
 * Checks the way to the bucket: the keys, the endpoint, and how far the clocks are apart.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import type { Credentials } from "../s3/credentials.ts";
import { reachEndpoint } from "../s3/reach.ts";
import {
  type DoctorSettings,
  failure,
  type Found,
  notTried,
  runSetupCheck,
  type SetupCheck,
  warning,
} from "./setup_check.ts";

const MINUTE_MS = 60_000;

/** A signature by a clock that is off as much is refused. */
const REFUSED_MS = 15 * MINUTE_MS;

/** A clock that is off as much is likely to go on drifting. */
const WARNING_MS = 5 * MINUTE_MS;

/** Looks for the keys; they are in no text. */
export async function checkKeys(
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
export async function checkEndpoint(
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
