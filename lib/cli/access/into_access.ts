/**
 * Opens the place that an export goes to, with its own keys: never those of the flat files by
 * accident.
 *
 * @module
 */

import { ConfigurationError, quote, UsageError } from "../../errors.ts";
import {
  BucketTarget,
  type BucketTargetOptions,
  parseBucketPlace,
} from "../../export/bucket_target.ts";
import { FolderTarget } from "../../export/folder_target.ts";
import type { ExportTarget } from "../../export/target.ts";
import { parseEndpoint } from "../../http/endpoint.ts";
import { causeOf } from "../../load/verdict.ts";
import { findCredentials, type FoundCredentials } from "../../s3/credentials.ts";
import { INTO_PAIRS, PROFILE_FILES } from "../../s3/key_variables.ts";
import type { Context } from "../context.ts";
import type { BucketArgs, IntoArgs } from "../options/places.ts";
import { printable } from "../render/style.ts";
import { renderNotice } from "../render/warning.ts";
import { findAccess, readProfileFile } from "./bucket_access.ts";
import { type Environment, variablePath } from "./environment.ts";
import { folderNotCapable, requestFolder, requestHost, requestRead } from "./permissions.ts";

type Screen = Pick<Context, "terminal" | "style">;

/**
 * @throws {UsageError} when none is given.
 * @throws {ConfigurationError} when its bucket has no keys of its own.
 */
export async function openTarget(
  args: IntoArgs & Pick<BucketArgs, "endpoint" | "profile">,
  { env, random, use = "write", ...screen }: Screen & Pick<Context, "env" | "random"> & {
    /** @default {"write"} */
    readonly use?: "write" | "read";
  },
): Promise<ExportTarget> {
  const { into } = args;
  if (into === undefined) throw new UsageError("Cannot export: no place is given, want --into");
  const place = parseBucketPlace(into);
  if (place === undefined) return openFolder(into, args, use);
  const { keys } = await findAccess(args, env);
  const access = await findIntoAccess(args, env, keys.kind === "found" ? keys : undefined);
  requestHost(access.endpoint);
  return new BucketTarget({
    ...access,
    ...place,
    name: into,
    random,
    keepsIndex: use === "write",
    ...noticesOf(into, screen),
  });
}

function openFolder(into: string, args: IntoArgs, use: "write" | "read"): FolderTarget {
  const ofBucket = (["Endpoint", "Region", "Profile"] as const)
    .find((name) => args[`into${name}`] !== undefined)?.toLowerCase();
  if (ofBucket !== undefined) {
    const found = quote(into);
    throw new UsageError(
      `Cannot use --into-${ofBucket} with a folder: found ${found}, want s3://BUCKET/PREFIX`,
    );
  }
  if (use === "read") requestRead(into);
  else if (!requestFolder(into)) {
    const message = `Cannot export into ${quote(into)}: Deno may not read and write it`;
    throw new ConfigurationError(message, { cause: folderNotCapable(into) });
  }
  return new FolderTarget(into);
}

/** What a user hears of a bucket while it is worked with. */
function noticesOf(into: string, { terminal, style }: Screen) {
  const show = (message: string) => terminal.line(renderNotice(printable(message), style));
  const causes = new Set<string>();
  return {
    onConditions: ({ ifNoneMatch, ifMatch }) => {
      if (ifNoneMatch && ifMatch) return;
      show(`${into} does not keep to conditions of a write: let one run at a time write there`);
    },
    onRetry: ({ attempt, error }) => {
      const cause = causeOf(error);
      // What the next attempt gets over is not worth a word.
      if (attempt === 1 || causes.has(cause)) return;
      causes.add(cause);
      show(`Waiting for ${into}: ${cause}`);
    },
    onAway: (isAway) =>
      show(
        isAway
          ? `No connection to ${into} succeeds any more; the run waits until it is back`
          : `${into} is back; the run goes on`,
      ),
  } satisfies Partial<BucketTargetOptions>;
}

/**
 * Finds endpoint, region and keys. The variables and the settings that say where the flat files
 * are say nothing of the place.
 *
 * @param source The keys of the flat files.
 * @throws {ConfigurationError} when there are no keys, or a named profile does not exist.
 */
export async function findIntoAccess(
  given: Omit<IntoArgs, "into">,
  env: Environment,
  source: Pick<FoundCredentials, "source" | "credentials"> | undefined,
) {
  const files = PROFILE_FILES.map((name) => [name, variablePath(name, env)]);
  const keys = await findCredentials({
    env: { ...env, ...Object.fromEntries(files) },
    pairs: INTO_PAIRS,
    profiles: ["default"],
    except: source,
    readTextFile: (path) => readProfileFile(path, []),
    profile: given.intoProfile ?? (env.FLATFETCH_INTO_PROFILE || undefined),
  });
  if (keys.kind === "missing") {
    throw new ConfigurationError(
      "Cannot open the bucket of --into: no keys of its own were found. Looked for:\n" +
        keys.lookedFor.map((place) => `  ${place}`).join("\n"),
    );
  }
  const region = given.intoRegion ?? (env.FLATFETCH_INTO_REGION || keys.region || "us-east-1");
  const endpoint = given.intoEndpoint ??
    (env.FLATFETCH_INTO_ENDPOINT || keys.endpoint || `https://s3.${region}.amazonaws.com`);
  const name = given.intoEndpoint
    ? "--into-endpoint"
    : env.FLATFETCH_INTO_ENDPOINT
    ? "FLATFETCH_INTO_ENDPOINT"
    : "the endpoint of the bucket of --into";
  parseEndpoint(endpoint, "https://s3.eu-west-1.amazonaws.com", name);
  return { endpoint, region, credentials: keys.credentials };
}
