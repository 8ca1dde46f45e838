/**
 * What the environment says: the only place that reads it.
 *
 * @module
 */

import { ConfigurationError } from "../../errors.ts";
import { homePath } from "../arguments/home_path.ts";
import { SHARD_VARIABLES } from "../../export/export_request.ts";
import { hiddenOf, notCapable } from "./permissions.ts";
import { API_KEY_NAMES } from "../../adjust/rest_api_key.ts";
import type { Environment } from "../../s3/credentials.ts";
import { ENVIRONMENT_NAMES, INTO_NAMES } from "../../s3/key_variables.ts";

export type { Environment };

/** Every variable that names a proxy of https, the one that counts first. */
export const PROXY_NAMES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;

/** Every variable that the program looks at. */
export const VARIABLES: readonly string[] = [
  ...new Set([
    ...ENVIRONMENT_NAMES,
    ...INTO_NAMES,
    ...API_KEY_NAMES,
    ...SHARD_VARIABLES,
    "HOSTNAME",
    "NATS_CREDS",
    "NATS_TOKEN",
    "NATS_USER",
    "NATS_PASSWORD",
    "MASSIVE_API_ENDPOINT",
    "FLATFETCH_CACHE_DIR",
    "FLATFETCH_ENDPOINT",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "DENO_TLS_CA_STORE",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    ...PROXY_NAMES,
    "XDG_CACHE_HOME",
    "LOCALAPPDATA",
    "NO_COLOR",
    "TERM",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
  ]),
];

/** The variables that the program may read, without a prompt; the others count as not set. */
export function readEnvironment(): Environment {
  const hidden = hiddenOf(VARIABLES);
  const allowed = VARIABLES.filter((name) => !hidden.includes(name));
  return Object.fromEntries(allowed.map((name) => [name, Deno.env.get(name)]));
}

/**
 * Asks for the environment, all of it at once: on a terminal Deno's own prompt appears, unless it
 * was told not to ask. Nothing is asked where the program may read every variable.
 *
 * @returns what it may read then.
 */
export function requestEnvironment(env: Environment): Environment {
  if (hiddenOf(VARIABLES).length === 0) return env;
  Deno.permissions.requestSync({ name: "env" });
  return readEnvironment();
}

/** As {@linkcode requestEnvironment}, unless Deno was told which variables may be read. */
export function requestUnlessNamed(env: Environment): Environment {
  return hiddenOf(VARIABLES).length < VARIABLES.length ? env : requestEnvironment(env);
}

/**
 * The cache directory: as given, else `FLATFETCH_CACHE_DIR`, else `flatfetch` in the place
 * that the system has for caches.
 *
 * @throws {ConfigurationError} when nothing says where that is.
 */
export function cacheDirectoryOf(
  given: string | undefined,
  env: Environment,
  os: typeof Deno.build.os = Deno.build.os,
): string {
  if (given !== undefined) return given;
  if (env.FLATFETCH_CACHE_DIR) return variablePath("FLATFETCH_CACHE_DIR", env)!;
  const place = cachePlace(env, os) ?? cachePlace(requestEnvironment(env), os);
  if (place !== undefined) return `${place}/flatfetch`;
  const what = "Cannot find a place for the cache:";
  const hidden = hiddenOf([os === "windows" ? "LOCALAPPDATA" : "HOME"]);
  if (hidden.length === 0) {
    throw new ConfigurationError(
      `${what} neither --cache-dir, FLATFETCH_CACHE_DIR nor a home directory is given`,
    );
  }
  throw new ConfigurationError(
    `${what} Deno may not read ${hidden}, and --cache-dir is not given`,
    { cause: notCapable({ env: hidden }) },
  );
}

/**
 * The path that a variable has, with the home directory for a leading `~/`.
 *
 * @throws {ConfigurationError} as {@linkcode homePath} does.
 */
export function variablePath(name: string, env: Environment): string | undefined {
  const path = env[name];
  return path && homePath(path, { name, env });
}

function cachePlace(env: Environment, os: string): string | undefined {
  if (os === "windows") return env.LOCALAPPDATA || undefined;
  if (env.XDG_CACHE_HOME && /^[/~]/.test(env.XDG_CACHE_HOME)) {
    return variablePath("XDG_CACHE_HOME", env);
  }
  if (!env.HOME) return undefined;
  return os === "darwin" ? `${env.HOME}/Library/Caches` : `${env.HOME}/.cache`;
}
