/**
 * The environment variables that have a bucket's keys, or say where keys are.
 *
 * @module
 */

/** What the parts of a pair are called where they stand. */
export interface PairNames {
  /** That of the access key ID. */
  readonly id: string;
  /** That of the secret key. */
  readonly secret: string;
  /** That of the session token, where there may be one. */
  readonly token?: string;
}

const AWS_PAIR: PairNames = {
  id: "AWS_ACCESS_KEY_ID",
  secret: "AWS_SECRET_ACCESS_KEY",
  token: "AWS_SESSION_TOKEN",
};

/** The pairs for the bucket of the flat files, in the order in which they are looked for. */
export const PAIRS: readonly PairNames[] = [
  { id: "MASSIVE_S3_ACCESS_KEY_ID", secret: "MASSIVE_S3_SECRET_ACCESS_KEY" },
  {
    id: "MASSIVE_FLATFILES_ACCESS_KEY_ID",
    secret: "MASSIVE_FLATFILES_SECRET_ACCESS_KEY",
  },
  { id: "MASSIVE_S3_ACCESS_KEY", secret: "MASSIVE_S3_SECRET_KEY" },
  { id: "POLYGON_S3_ACCESS_KEY_ID", secret: "POLYGON_S3_SECRET_ACCESS_KEY" },
  { id: "POLYGON_S3_ACCESS_KEY", secret: "POLYGON_S3_SECRET_KEY" },
  AWS_PAIR,
];

/** The pairs for a bucket that is written to; the vendor's names are never those of its keys. */
export const INTO_PAIRS: readonly PairNames[] = [
  {
    id: "FLATFETCH_INTO_ACCESS_KEY_ID",
    secret: "FLATFETCH_INTO_SECRET_ACCESS_KEY",
    token: "FLATFETCH_INTO_SESSION_TOKEN",
  },
  AWS_PAIR,
];

/** The variables that say where the AWS configuration files are. */
export const PROFILE_FILES: readonly string[] = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"];

/** Every environment variable that the search looks at. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...PAIRS.flatMap(({ id, secret, token }) => token ? [id, secret, token] : [id, secret]),
  "AWS_PROFILE",
  ...PROFILE_FILES,
  "HOME",
  "USERPROFILE",
];

/** Every environment variable that says where an export goes, and with which keys. */
export const INTO_NAMES: readonly string[] = [
  "FLATFETCH_INTO_ENDPOINT",
  "FLATFETCH_INTO_REGION",
  "FLATFETCH_INTO_PROFILE",
  ...INTO_PAIRS.flatMap(({ id, secret, token }) => token ? [id, secret, token] : [id, secret]),
];
