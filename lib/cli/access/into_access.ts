/**
 * Where an export goes, and with which keys: never those of the flat files by accident.
 *
 * @module
 */

import { ConfigurationError } from "../../errors.ts";
import { findCredentials, type FoundCredentials, INTO_PAIRS } from "../../s3/credentials.ts";
import { FILE_VARIABLES, readProfileFile } from "./bucket_access.ts";
import { type Environment, variablePath } from "./environment.ts";
import { parseEndpoint } from "../../http/endpoint.ts";
import type { IntoArgs } from "../options/into.ts";

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
  const files = FILE_VARIABLES.map((name) => [name, variablePath(name, env)]);
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
