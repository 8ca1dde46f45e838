/**
 * Runs `flatfetch doctor`.
 *
 * @module
 */

import { diagnose } from "../../doctor/doctor.ts";
import { DEFAULT_ENDPOINT } from "../../settings.ts";
import type { DoctorOptions } from "../../doctor/setup_check.ts";
import type { SetupCheck } from "../../../mod.ts";
import { credentialsOf, findAccess, givenEndpoint } from "../access/bucket_access.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf, type Environment } from "../access/environment.ts";
import { EXIT } from "../explain/exits.ts";
import { exitCodeFor, fixFor } from "../explain/explain_check.ts";
import { requestFolder, requestHost, requestStatfs } from "../access/permissions.ts";
import { renderDiagnosis, renderSetupCheck } from "../render/doctor.ts";
import { showJson } from "../terminal/results.ts";
import type { DoctorArgs } from "./doctor.ts";

/** Checks, shows each result as it comes, and returns the exit code of the first failure. */
export async function runDoctor(args: DoctorArgs, context: Context): Promise<number> {
  const { env, signal, random, version } = context;
  const checks: SetupCheck[] = [];
  const access = await accessTo(args, env);
  const cacheDirectory = cacheDirectoryOf(args.cacheDir, env);
  requestFolder(cacheDirectory);
  requestStatfs();
  requestHost(access.endpoint);
  const options = {
    ...access,
    cacheDirectory,
    bucket: args.bucket,
    version,
    signal,
    random,
  };
  for await (const check of diagnose(options)) {
    checks.push(check);
    if (!args.json) await showCheck(check, args, context);
  }
  if (args.json) await showJson(toJson(checks, context), context);
  else if (!args.quiet) await showDiagnosis(checks, context);
  return exitCodeFor(checks);
}

/** Where the bucket is, and the keys or what stands in their way: for the doctor to say. */
async function accessTo(
  args: DoctorArgs,
  env: Environment,
): Promise<Pick<DoctorOptions, "region" | "findCredentials"> & { endpoint: string }> {
  try {
    const access = await findAccess(args, env);
    return {
      endpoint: access.endpoint,
      region: args.region ?? access.region,
      // deno-lint-ignore require-await -- what it throws has to reject.
      findCredentials: async () => {
        // What Deno hides is missed here, with the flags that are needed.
        if (Object.keys(access.needs).length > 0) credentialsOf(access);
        return access.keys;
      },
    };
  } catch (error) {
    return {
      endpoint: givenEndpoint(args, env) ?? DEFAULT_ENDPOINT,
      region: args.region,
      findCredentials: () => Promise.reject(error),
    };
  }
}

/** Quietly, failures alone are shown, where errors are. */
async function showCheck(
  check: SetupCheck,
  { quiet }: DoctorArgs,
  { terminal, style, dataStyle, env }: Context,
): Promise<void> {
  const fix = fixFor(check, env);
  if (!quiet) {
    const lines = renderSetupCheck(check, { fix, style: dataStyle });
    await terminal.data(`${lines.join("\n")}\n`);
  } else if (check.status === "failure") {
    terminal.error(renderSetupCheck(check, { fix, style }).join("\n"));
  }
}

async function showDiagnosis(
  checks: readonly SetupCheck[],
  { terminal, dataStyle }: Context,
): Promise<void> {
  const statuses = checks.map(({ status }) => status);
  await terminal.data(`${renderDiagnosis(statuses, dataStyle)}\n`);
}

function toJson(checks: readonly SetupCheck[], { env }: Context) {
  return {
    healthy: exitCodeFor(checks) === EXIT.complete,
    checks: checks.map((check) => {
      const { error: _, ...shown } = check;
      return { ...shown, fix: fixFor(check, env) };
    }),
  };
}
