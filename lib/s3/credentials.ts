/**
 * Finds the key pair for the bucket, in the environment or in the AWS configuration files.
 *
 * No message repeats a value.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import { checkOptions, FUNCTION, list, needed, object, text } from "../given.ts";
import { type PairNames, PAIRS } from "./key_variables.ts";
import { type Profile, ProfileFiles } from "./profile.ts";

/** A key pair for S3. */
export interface Credentials {
  /** The public half. */
  readonly accessKeyId: string;
  /** The secret half. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** A key pair, and where it was. */
export interface FoundCredentials {
  /** Tells it from {@linkcode MissingCredentials}. */
  readonly kind: "found";
  /** The key pair. */
  readonly credentials: Credentials;
  /** `"MASSIVE_S3_ACCESS_KEY_ID"`, or `"profile massive in ~/.aws/credentials"`. */
  readonly source: string;
  /** The profile's endpoint, where it has one. */
  readonly endpoint: string | undefined;
  /** The profile's region, where it has one. */
  readonly region: string | undefined;
  /** Whether the profile says that endpoints in files and variables do not count. */
  readonly ignoresEndpoints?: boolean | undefined;
}

/** No key pair anywhere. */
export interface MissingCredentials {
  /** Tells it from {@linkcode FoundCredentials}. */
  readonly kind: "missing";
  /**
   * The places, each worded as a `source` is, in the order in which they were tried; in brackets
   * behind one what it has instead of a key pair.
   */
  readonly lookedFor: readonly string[];
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where to look. */
export interface CredentialSearch {
  /** The environment to look into. */
  readonly env: Environment;
  /**
   * Variables that `env` lacks because the program may not read them.
   *
   * @default {[]}
   */
  readonly hidden?: readonly string[] | undefined;
  /** A profile that must be used, whatever the environment has. */
  readonly profile?: string | undefined;
  /** The pairs of variables to look at. @default {the vendor's names, then AWS's} */
  readonly pairs?: readonly PairNames[] | undefined;
  /** The profiles to look at where `AWS_PROFILE` names none. @default {["massive", "default"]} */
  readonly profiles?: readonly string[] | undefined;
  /** Another bucket's keys, which count under no name that is not this bucket's alone. */
  readonly except?: Pick<FoundCredentials, "source" | "credentials"> | undefined;
  /** A file's text, whose lines end in LF, or `undefined` when there is no such file. */
  readonly readTextFile: (path: string) => Promise<string | undefined>;
}

const NAMES_IN_PROFILE: PairNames = {
  id: "aws_access_key_id",
  secret: "aws_secret_access_key",
  token: "aws_session_token",
};

const SEARCH_KINDS = {
  env: needed(object()),
  hidden: list('"HOME"'),
  profile: text(),
  pairs: list("pair", object()),
  profiles: list('"default"'),
  except: object(),
  readTextFile: needed(FUNCTION),
};

/**
 * Looks for a key pair: a profile that was asked for; else the environment, first the
 * vendor's names, then AWS's; else the profile of `AWS_PROFILE`; else `massive`; else
 * `default`.
 *
 * Keys that a profile has by a program, a role or a sign-on are not fetched.
 *
 * @throws {UsageError} when an option is none of what it may be.
 * @throws {ConfigurationError} when half a pair is set, a value cannot be one, a file cannot be
 * read, or the profile that was asked for has no keys.
 */
export async function findCredentials(
  search: CredentialSearch,
): Promise<FoundCredentials | MissingCredentials> {
  checkOptions(search, SEARCH_KINDS);
  const { env, hidden = [], profile, pairs = PAIRS, except } = search;
  if (profile !== undefined) {
    return demand(inProfile(await ProfileFiles.read(search), profile), profile);
  }
  const lookedFor: string[] = [];
  for (const names of pairs.filter(({ id }) => id !== except?.source)) {
    const credentials = pairOf((name) => env[name], names, { source: names.id, hidden });
    // A pair of variables that is for this place alone says itself that it may be the same.
    const isOther = !PAIRS.includes(names) || !isSameKey(credentials, except);
    if (credentials !== undefined && isOther) return found(credentials, names.id);
    lookedFor.push(names.id);
  }
  const named = env.AWS_PROFILE?.trim();
  const files = await ProfileFiles.read(search);
  for (const name of named ? [named] : search.profiles ?? ["massive", "default"]) {
    const result = inProfile(files, name);
    if (result.kind === "missing") lookedFor.push(...result.lookedFor);
    else if (result.source !== except?.source && !isSameKey(result.credentials, except)) {
      return result;
    }
  }
  if (except !== undefined) {
    lookedFor.push(`not ${except.source}, which has the keys of the flat files`);
  }
  return { kind: "missing", lookedFor };
}

function isSameKey(one: Credentials | undefined, other: CredentialSearch["except"]): boolean {
  return other !== undefined && one?.accessKeyId === other.credentials.accessKeyId;
}

function demand(result: FoundCredentials | MissingCredentials, profile: string): FoundCredentials {
  if (result.kind === "found") return result;
  throw new ConfigurationError(
    `Cannot use the profile ${quote(profile)}: no file has keys for it. Looked for:\n` +
      result.lookedFor.map((place) => `  ${place}`).join("\n"),
  );
}

function inProfile(files: ProfileFiles, name: string): FoundCredentials | MissingCredentials {
  const profile = files.profile(name);
  const lookedFor: string[] = [];
  for (const { file, values, remark } of profile.parts) {
    const source = `profile ${name} in ${file}`;
    const get = (name: string) => values.get(name);
    const credentials = pairOf(get, NAMES_IN_PROFILE, { source });
    if (credentials !== undefined) return found(credentials, source, profile);
    lookedFor.push(remark === undefined ? source : `${source} (${remark})`);
  }
  return { kind: "missing", lookedFor };
}

function found(
  credentials: Credentials,
  source: string,
  { endpoint, region, ignoresEndpoints = false }: Partial<Profile> = {},
): FoundCredentials {
  return { kind: "found", credentials, source, endpoint, region, ignoresEndpoints };
}

/** The pair at one place; `undefined` when nothing of it is there. */
function pairOf(
  get: (name: string) => string | undefined,
  names: PairNames,
  place: { readonly source: string; readonly hidden?: readonly string[] },
): Credentials | undefined {
  const { source } = place;
  const accessKeyId = get(names.id)?.trim();
  const secretAccessKey = get(names.secret)?.trim();
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (!accessKeyId || !secretAccessKey) {
    const [there, missing] = accessKeyId ? [names.id, names.secret] : [names.secret, names.id];
    throw halfPair(there, missing, place);
  }
  const sessionToken = names.token && get(names.token)?.trim() || undefined;
  return checkCredentials({ accessKeyId, secretAccessKey, sessionToken }, source);
}

function halfPair(
  there: string,
  missing: string,
  { source, hidden }: { readonly source: string; readonly hidden?: readonly string[] },
): ConfigurationError {
  const half = "Cannot use half a key pair:";
  if (hidden === undefined) {
    return new ConfigurationError(`${half} ${source} has ${there} and no ${missing}`);
  }
  if (!hidden.includes(missing)) {
    return new ConfigurationError(`${half} ${there} is set, and ${missing} is not`);
  }
  const cause = new Deno.errors.NotCapable(
    `Requires env access to "${missing}", run again with the --allow-env flag`,
  );
  return new ConfigurationError(`${half} ${there} is set, and Deno may not read ${missing}`, {
    cause,
  });
}

/**
 * The credentials, if they can stand in a header: printable ASCII without white space.
 *
 * @param source Where they come from, for the message.
 * @throws {ConfigurationError} that names the field and not its value.
 */
export function checkCredentials(credentials: Credentials, source = "credentials"): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const fields = { accessKeyId, secretAccessKey, sessionToken };
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined && name === "sessionToken") continue;
    if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) continue;
    throw new ConfigurationError(
      `Cannot use ${quote(source)}: the ${name} is empty or has a character that no key has`,
    );
  }
  return fields;
}
