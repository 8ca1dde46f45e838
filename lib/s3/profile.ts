/**
 * Reads one profile of the AWS configuration files.
 *
 * @module
 */

import { parseIni } from "./ini.ts";

/** Where the configuration files are, and how they are read. */
export interface ProfileSearch {
  /** Environment variables by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file's text, or `undefined` when there is no such file. */
  readonly readTextFile: (path: string) => Promise<string | undefined>;
}

/** What the files say of a profile. */
export interface Profile {
  /** Each file's part, the credentials file first. */
  readonly parts: readonly ProfilePart[];
  /** The endpoint; one under `s3` wins over one for all services. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
}

/** What one file says of a profile. */
export interface ProfilePart {
  /** The file, as a user would write it: `~/.aws/credentials`. */
  readonly file: string;
  /** Name → value, such as `aws_access_key_id`; nested names as `s3.endpoint_url`. */
  readonly values: ReadonlyMap<string, string>;
}

/** The environment variables that say where the files are. */
export const PROFILE_ENVIRONMENT_NAMES: readonly string[] = [
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_CONFIG_FILE",
  "HOME",
  "USERPROFILE",
];

/** Reads a profile; one that no file has is empty. */
export async function readProfile(
  search: ProfileSearch,
  name: string,
): Promise<Profile> {
  const inConfig = name === "default" ? [name] : [];
  const parts = [
    await readPart(search, {
      override: search.env.AWS_SHARED_CREDENTIALS_FILE,
      file: "credentials",
      sections: [name],
    }),
    await readPart(search, {
      override: search.env.AWS_CONFIG_FILE,
      file: "config",
      sections: [...inConfig, `profile ${name}`],
    }),
  ];
  const first = (name: string) =>
    parts.toReversed().map(({ values }) => values.get(name)).find(Boolean);
  return {
    parts,
    endpoint: first("s3.endpoint_url") ?? first("endpoint_url"),
    region: first("region"),
  };
}

async function readPart(
  { env, readTextFile }: ProfileSearch,
  place: {
    readonly override: string | undefined;
    readonly file: string;
    readonly sections: readonly string[];
  },
): Promise<ProfilePart> {
  const override = place.override?.trim();
  const home = env.HOME || env.USERPROFILE;
  const path = override || (home && `${home}/.aws/${place.file}`);
  const ini = parseIni(path && await readTextFile(path) || "");
  const section = place.sections.find((name) => ini.has(name)) ?? "";
  return {
    file: override || `~/.aws/${place.file}`,
    values: ini.get(section) ?? new Map(),
  };
}
