/**
 * Runs `flatfetch doctor`.
 *
 * @module
 */

import { diagnose } from "../../doctor.ts";
import { DEFAULT_ENDPOINT } from "../../settings.ts";
import type { DoctorOptions, Examination } from "../../../mod.ts";
import { credentialsOf, findAccess, givenEndpoint } from "../access.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf, type Environment } from "../environment.ts";
import { EXIT, exitCodeFor, fixFor } from "../explain.ts";
import { requestFolder, requestHost, requestStatfs } from "../permissions.ts";
import { renderDiagnosis, renderExamination } from "../render_doctor.ts";
import { showJson } from "../results.ts";
import type { DoctorArgs } from "./doctor.ts";

/** Examines, shows each result as it comes, and returns the exit code of the first failure. */
export async function runDoctor(args: DoctorArgs, context: Context): Promise<number> {
  const { env, signal, version } = context;
  const examinations: Examination[] = [];
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
  };
  for await (const examination of diagnose(options)) {
    examinations.push(examination);
    if (!args.json) await showExamination(examination, args, context);
  }
  if (args.json) await showJson(toJson(examinations, context), context);
  else if (!args.quiet) await showDiagnosis(examinations, context);
  return exitCodeFor(examinations);
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
async function showExamination(
  examination: Examination,
  { quiet }: DoctorArgs,
  { terminal, style, dataStyle, env }: Context,
): Promise<void> {
  const fix = fixFor(examination, env);
  if (!quiet) {
    const lines = renderExamination(examination, { fix, style: dataStyle });
    await terminal.data(`${lines.join("\n")}\n`);
  } else if (examination.status === "failure") {
    terminal.error(renderExamination(examination, { fix, style }).join("\n"));
  }
}

async function showDiagnosis(
  examinations: readonly Examination[],
  { terminal, dataStyle }: Context,
): Promise<void> {
  const statuses = examinations.map(({ status }) => status);
  await terminal.data(`${renderDiagnosis(statuses, dataStyle)}\n`);
}

function toJson(examinations: readonly Examination[], { env }: Context) {
  return {
    healthy: exitCodeFor(examinations) === EXIT.complete,
    examinations: examinations.map((examination) => {
      const { error: _, ...shown } = examination;
      return { ...shown, fix: fixFor(examination, env) };
    }),
  };
}
