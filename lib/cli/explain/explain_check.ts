/**
 * Says what can be done about each check of the setup that failed, and the exit code after all of
 * them.
 *
 * @module
 */

import { NetworkError, TemporaryError, TlsError } from "../../errors.ts";
import type { SetupCheckReason } from "../../doctor/setup_check.ts";
import type { SetupCheck } from "../../../mod.ts";
import type { Environment } from "../access/environment.ts";
import { EXIT } from "./exits.ts";
import { explain } from "./explain.ts";
import { lacksPermission } from "../access/permissions.ts";

const FIX_BY_REASON: Readonly<Record<SetupCheckReason, string | undefined>> = {
  "old-version": "Install a newer Deno.",
  "no-threads": undefined,
  "threads-not-allowed": 'Put --allow-read, for the program\'s own files, behind "deno run".',
  "remote-disk": "Choose a --cache-dir on this machine, or run one flatfetch at a time.",
  "little-space": "Free some space, or keep fewer downloaded files with --keep-limit.",
  "clock-off": "Set this machine's clock.",
  "no-files": "Check --bucket and --endpoint.",
  "no-dataset": undefined,
  "not-in-plan": "See your plan if you need them.",
  "not-known": undefined,
  "not-tried": undefined,
};

/** What can be done about what a check of the setup found. */
export function fixFor(check: SetupCheck, env: Environment = {}): string | undefined {
  const { name, reason, error } = check;
  if (reason !== undefined) return FIX_BY_REASON[reason];
  if (error === undefined) return undefined;
  const { hint } = explain(error, env);
  if (lacksPermission(error) || error instanceof TlsError) return hint;
  if (name === "credentials") {
    return hint ??
      "Set one of these pairs; the vendor's dashboard shows the one of your flat files.";
  }
  const isUnreached = error instanceof NetworkError || error instanceof TemporaryError;
  if (name === "endpoint" && isUnreached) {
    return "Check this machine's connection, its firewall and proxy, and --endpoint.";
  }
  return isUnreached ? "Run again later." : hint;
}

/** How the program ends after checks of the setup: as the first that has failed would end a run. */
export function exitCodeFor(checks: readonly SetupCheck[]): number {
  const error = checks.find(({ status }) => status === "failure")?.error;
  return error === undefined ? EXIT.complete : explain(error).exitCode;
}
