/**
 * Where the bucket is, and with which keys; and where splits are from.
 *
 * @module
 */

import { ConfigurationError, quote } from "../../errors.ts";
import { API_KEY_NAMES, findApiKey } from "../../adjust/rest_api_key.ts";
import {
  findCredentials,
  type FoundCredentials,
  type MissingCredentials,
} from "../../s3/credentials.ts";
import { ENVIRONMENT_NAMES, PROFILE_FILES } from "../../s3/key_variables.ts";
import { type ApiKey, DEFAULT_ENDPOINT } from "../../settings.ts";
import { readTextFile, UnreadableTextError } from "../../text_file.ts";
import type { Credentials } from "../../../mod.ts";
import type { Context } from "../context.ts";
import {
  cacheDirectoryOf,
  type Environment,
  requestEnvironment,
  variablePath,
} from "./environment.ts";
import type { AdjustArgs } from "../options/bars.ts";
import type { BucketArgs, CacheArgs } from "../options/places.ts";
import type { ListingArgs } from "../options/run.ts";
import { hiddenOf, lacksPermission, notCapable, requestHost, requestRead } from "./permissions.ts";

/** Where the bucket is and with which keys. */
export interface Access {
  readonly endpoint: string;
  /** Of the profile, where it names one. */
  readonly region: string | undefined;
  readonly keys: FoundCredentials | MissingCredentials;
  /** What Deno does not let the program read of the places where keys may be. */
  readonly needs: Parameters<typeof notCapable>[0];
}

/** What the command line says of it. */
type AccessArgs = Pick<BucketArgs, "endpoint" | "profile">;

/**
 * Finds endpoint and keys. Where the keys are in nothing that Deno lets the program read, the user
 * is asked for the rest of it.
 *
 * @throws {ConfigurationError} when a key has no secret, or a named profile does not exist.
 */
export async function findAccess(given: AccessArgs, env: Environment): Promise<Access> {
  try {
    const access = await searchAccess(given, env);
    if (access.keys.kind === "found" || hiddenOf(ENVIRONMENT_NAMES).length === 0) return access;
  } catch (error) {
    if (!lacksPermission(error)) throw error;
  }
  return await searchAccess(given, requestEnvironment(env));
}

async function searchAccess(given: AccessArgs, env: Environment): Promise<Access> {
  const hidden = hiddenOf(ENVIRONMENT_NAMES);
  const refused: string[] = [];
  const files = PROFILE_FILES.map((name) => [name, variablePath(name, env)]);
  const keys = await findCredentials({
    env: { ...env, ...Object.fromEntries(files) },
    hidden,
    readTextFile: (path) => readProfileFile(path, refused),
    profile: given.profile,
  });
  const found = keys.kind === "found" ? keys : undefined;
  const endpoint = givenEndpoint(given, env, found) ?? DEFAULT_ENDPOINT;
  const needs = {
    ...(hidden.length > 0 && { env: namesToAllow(hidden) }),
    ...(refused.length > 0 && { read: refused }),
  };
  return { endpoint, region: found?.region, keys, needs };
}

/** All, where Deno was told of none; else the usual pair, unless that may be read. */
function namesToAllow(hidden: readonly string[]): readonly string[] {
  if (hidden.length === ENVIRONMENT_NAMES.length) return [];
  const usual = hidden.filter((name) => ENVIRONMENT_NAMES.indexOf(name) < 2);
  return usual.length > 0 ? usual : hidden;
}

/**
 * The options of the library for the cache, the bucket and its listing; keys are missed when they
 * are needed.
 *
 * @throws {ConfigurationError} as {@linkcode findAccess} does.
 */
export async function accessOptions(
  args: CacheArgs & BucketArgs & Partial<ListingArgs>,
  { env, signal, random }: Pick<Context, "env" | "signal" | "random">,
) {
  const access = await findAccess(args, env);
  return {
    cacheDirectory: cacheDirectoryOf(args.cacheDir, env),
    credentials: () => {
      requestHost(access.endpoint);
      return Promise.resolve(credentialsOf(access));
    },
    endpoint: access.endpoint,
    bucket: args.bucket,
    region: args.region ?? access.region,
    maxAgeMs: args.maxAgeMs,
    refresh: args.refresh,
    offline: args.offline,
    signal,
    random,
  };
}

/**
 * The options of the library for splits and dividends: the files that are given, else the REST API,
 * whose key is looked for when it is needed.
 */
export function adjustOptions(
  { adjust, splitsFile, dividendsFile, isPartial, fixSplits }: AdjustArgs,
  env: Environment,
) {
  const endpoint = env.MASSIVE_API_ENDPOINT || undefined;
  return {
    adjust,
    splits: { file: splitsFile, isPartial, endpoint, apiKey: () => apiKeyIn(env) },
    dividends: { file: dividendsFile, isPartial },
    fixSplits,
  };
}

/** The REST API's key; where Deno hides what may have it, the user is asked for that. */
function apiKeyIn(env: Environment): ApiKey {
  const hidden = () => hiddenOf(API_KEY_NAMES);
  const isThere = API_KEY_NAMES.some((name) => env[name]);
  const seen = isThere || hidden().length === 0 ? env : requestEnvironment(env);
  try {
    return findApiKey(seen);
  } catch (error) {
    if (hidden().length === 0) throw error;
    const message = `${(error as Error).message} (Deno may not read ${hidden().join(", ")})`;
    throw new ConfigurationError(message, { cause: notCapable({ env: hidden() }) });
  }
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

/** @throws {ConfigurationError} that names every place which was looked at, and what Deno hides. */
export function credentialsOf({ keys, needs }: Access): Credentials {
  if (keys.kind === "found") return keys.credentials;
  const isHiding = Object.keys(needs).length > 0;
  const where = isHiding ? "in what Deno lets the program read" : "";
  throw new ConfigurationError(
    ["Cannot ask the bucket: no S3 credentials were found", where].filter(Boolean).join(" ") +
      ". Looked for:\n" + keys.lookedFor.map((place) => `  ${place}`).join("\n") +
      "\nThe vendor's dashboard shows the key pair of your flat files. To see a run without " +
      "keys: deno task demo",
    { ...(isHiding && { cause: notCapable(needs) }) },
  );
}

/**
 * The text of a profile's file; one that is missing has none, nor has one that Deno does not let
 * the program read, once the user was asked.
 *
 * @param refused is given the path then.
 * @throws {ConfigurationError} when it is there and cannot be read.
 */
export async function readProfileFile(
  path: string,
  refused: string[],
): Promise<string | undefined> {
  if (!requestRead(path)) {
    refused.push(path);
    return undefined;
  }
  try {
    return await readTextFile(path);
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    if (error.isMissing) return undefined;
    throw new ConfigurationError(`Cannot read ${quote(path)}: ${error.message}`);
  }
}
