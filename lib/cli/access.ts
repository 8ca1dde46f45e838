/**
 * Where the bucket is, and with which keys; and where splits are from.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import { findApiKey } from "../rest/api_key.ts";
import { findCredentials } from "../s3/credentials.ts";
import { DEFAULT_ENDPOINT } from "../settings.ts";
import { readTextFile, UnreadableTextError } from "../text_file.ts";
import type { Credentials, FoundCredentials, MissingCredentials, SplitSource } from "../../mod.ts";
import type { Context } from "./context.ts";
import { cacheDirectoryOf, type Environment, variablePath } from "./environment.ts";
import type { BucketArgs } from "./options/bucket.ts";
import type { CacheArgs } from "./options/cache.ts";
import type { ListingArgs } from "./options/listing.ts";

/** Where the bucket is and with which keys. */
export interface Access {
  readonly endpoint: string;
  /** Of the profile, where it names one. */
  readonly region: string | undefined;
  readonly keys: FoundCredentials | MissingCredentials;
}

/** The variables that say where the AWS configuration files are. */
const FILE_VARIABLES = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"];

/**
 * Finds endpoint and keys.
 *
 * @throws {ConfigurationError} when a key has no secret, or a named profile does not exist.
 */
export async function findAccess(
  given: { endpoint: string | undefined; profile: string | undefined },
  env: Environment,
): Promise<Access> {
  const files = FILE_VARIABLES.map((name) => [name, variablePath(name, env)]);
  const search = { env: { ...env, ...Object.fromEntries(files) }, readTextFile: readProfileFile };
  const keys = await findCredentials({ ...search, profile: given.profile });
  const found = keys.kind === "found" ? keys : undefined;
  const endpoint = givenEndpoint(given, env, found) ?? DEFAULT_ENDPOINT;
  return { endpoint, region: found?.region, keys };
}

/**
 * What the library is told of the cache, the bucket and its listing; keys are missed when they
 * are needed.
 *
 * @throws {ConfigurationError} as {@linkcode findAccess} does.
 */
export async function accessOptions(
  args: CacheArgs & BucketArgs & ListingArgs,
  { env, signal }: Pick<Context, "env" | "signal">,
) {
  const access = await findAccess(args, env);
  return {
    cacheDirectory: cacheDirectoryOf(args.cacheDir, env),
    credentials: () => Promise.resolve(credentialsOf(access)),
    endpoint: access.endpoint,
    bucket: args.bucket,
    region: args.region ?? access.region,
    maxAgeMs: args.maxAgeMs,
    refresh: args.refresh,
    offline: args.offline,
    signal,
  };
}

/** The file that is given, else the REST API, whose key is looked for when it is needed. */
export function splitSourceOf(
  { splitsFile }: { splitsFile: string | undefined },
  env: Environment,
): SplitSource {
  const endpoint = env.MASSIVE_API_ENDPOINT || undefined;
  return { file: splitsFile, endpoint, apiKey: () => findApiKey(env) };
}

/**
 * The endpoint that an option, a variable or the profile names, in this order; AWS's variables and
 * the profile's settings only unless AWS's switch says that they do not count.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html}
 */
export function givenEndpoint(
  given: { readonly endpoint: string | undefined },
  env: Environment,
  profile?: Pick<FoundCredentials, "endpoint" | "ignoresEndpoints">,
): string | undefined {
  const own = given.endpoint || env.FLATFETCH_ENDPOINT;
  if (own) return own;
  const ignore = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase();
  if (ignore ? ignore === "true" : profile?.ignoresEndpoints) return undefined;
  return env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || profile?.endpoint || undefined;
}

/** @throws {ConfigurationError} that names every place which was looked at. */
export function credentialsOf({ keys }: Access): Credentials {
  if (keys.kind === "found") return keys.credentials;
  throw new ConfigurationError(
    "Cannot ask the bucket: no S3 credentials were found. Looked for:\n" +
      keys.lookedFor.map((place) => `  ${place}`).join("\n") +
      "\nThe vendor's dashboard shows the key pair of your flat files. To see a run without " +
      "keys: deno task demo",
  );
}

/**
 * A file's text; a file that is missing, or may not be read, has none.
 *
 * @throws {ConfigurationError} when it is there and cannot be read.
 */
async function readProfileFile(path: string): Promise<string | undefined> {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") return undefined;
  try {
    return await readTextFile(path);
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    if (error.isMissing) return undefined;
    throw new ConfigurationError(`Cannot read ${quote(path)}: ${error.message}`);
  }
}
