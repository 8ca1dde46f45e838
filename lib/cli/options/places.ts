/**
 * Where the cache, the bucket, an export and a fleet are, and whose keys open them.
 *
 * @module
 */

import type { Entry } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command that reads or writes the cache. */
export const CACHE = {
  title: "Cache",
  options: [{
    name: "cache-dir",
    value: { name: "DIR", example: "~/.cache/flatfetch", completion: "directory" },
    help: "where everything is kept (default FLATFETCH_CACHE_DIR, else your cache directory)",
  }],
  read: ({ text }) => ({ cacheDir: text("cache-dir") }),
} satisfies SharedGroup;

/** Where the cache is, as given; `cacheDirectoryOf()` knows what stands in for it. */
export type CacheArgs = ReturnType<typeof CACHE.read>;

/** The variables that say where the cache is. */
export const CACHE_VARIABLES: readonly Entry[] = [
  ["FLATFETCH_CACHE_DIR", "the cache directory, unless --cache-dir is given"],
  [
    "XDG_CACHE_HOME, LOCALAPPDATA, HOME",
    "where your caches are: $XDG_CACHE_HOME or ~/.cache, on macOS ~/Library/Caches, on Windows " +
    "%LOCALAPPDATA%; the cache directory is flatfetch in there",
  ],
];

/** Options of every command that may ask the bucket. */
export const BUCKET = {
  title: "Bucket",
  options: [
    {
      name: "endpoint",
      value: { name: "URL", example: "https://files.massive.com" },
      help: "where the bucket is (default https://files.massive.com)",
    },
    {
      name: "bucket",
      value: { name: "NAME", example: "flatfiles" },
      help: "its name (default flatfiles)",
    },
    {
      name: "region",
      value: { name: "NAME", example: "us-east-1" },
      help: "its region (default the profile's, else us-east-1)",
    },
    {
      name: "profile",
      value: { name: "NAME", example: "massive" },
      help: "profile in ~/.aws/credentials to take the keys from",
    },
  ],
  read: ({ text }) => ({
    endpoint: text("endpoint"),
    bucket: text("bucket"),
    region: text("region"),
    profile: text("profile"),
  }),
} satisfies SharedGroup;

/** What is given of the bucket; `findAccess()` knows what stands in for the rest. */
export type BucketArgs = ReturnType<typeof BUCKET.read>;

/** The variables that say where the bucket is and which keys open it. */
export const BUCKET_VARIABLES: readonly Entry[] = [
  [
    "MASSIVE_S3_ACCESS_KEY_ID, MASSIVE_S3_SECRET_ACCESS_KEY",
    "the S3 key pair of your flat files; it is another one than the REST API's key",
  ],
  [
    "MASSIVE_FLATFILES_ACCESS_KEY_ID, MASSIVE_FLATFILES_SECRET_ACCESS_KEY, " +
    "MASSIVE_S3_ACCESS_KEY, MASSIVE_S3_SECRET_KEY, " +
    "POLYGON_S3_ACCESS_KEY_ID, POLYGON_S3_SECRET_ACCESS_KEY, " +
    "POLYGON_S3_ACCESS_KEY, POLYGON_S3_SECRET_KEY",
    "other names of such a pair, looked for in this order",
  ],
  [
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
    "looked for when none of these is set",
  ],
  [
    "AWS_PROFILE",
    "the profile whose keys are taken when no variable has a pair (default massive, else default)",
  ],
  [
    "AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE",
    "the files that have profiles (default credentials and config in ~/.aws; ~ is HOME or " +
    "USERPROFILE)",
  ],
  [
    "FLATFETCH_ENDPOINT, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL",
    "where the bucket is, the first that is set, unless --endpoint is given",
  ],
  [
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "true: the endpoints of AWS's variables and of the profile do not count",
  ],
  [
    "https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY",
    "the proxy that requests go through, the first that is set",
  ],
  [
    "DENO_TLS_CA_STORE",
    "system: the certificate authorities of this machine count, and those of SSL_CERT_FILE or " +
    "SSL_CERT_DIR; AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE never do",
  ],
];

/** Options of every command that works with exported files. */
export const INTO = {
  title: "Place",
  options: [
    {
      name: "into",
      value: { name: "PLACE", example: "s3://my-bucket/lake", completion: "place" },
      help: "a folder, or s3://BUCKET/PREFIX",
    },
    {
      name: "into-endpoint",
      value: { name: "URL", example: "https://s3.eu-west-1.amazonaws.com" },
      help: "where that bucket is (default the profile's, else AWS's of the region)",
    },
    {
      name: "into-region",
      value: { name: "NAME", example: "eu-west-1" },
      help: "its region (default the profile's, else us-east-1)",
    },
    {
      name: "into-profile",
      value: { name: "NAME", example: "default" },
      help: "profile in ~/.aws/credentials to take its keys from",
    },
  ],
  read: ({ text }) => ({
    into: text("into"),
    intoEndpoint: text("into-endpoint"),
    intoRegion: text("into-region"),
    intoProfile: text("into-profile"),
  }),
} satisfies SharedGroup;

/** What is given of the place; `findIntoAccess()` knows what stands in for the rest. */
export type IntoArgs = ReturnType<typeof INTO.read>;

/** The variables that say where an export goes and which keys open that. */
export const INTO_VARIABLES: readonly Entry[] = [
  [
    "FLATFETCH_INTO_ACCESS_KEY_ID, FLATFETCH_INTO_SECRET_ACCESS_KEY, FLATFETCH_INTO_SESSION_TOKEN",
    "the key pair of the bucket that is exported to; without it AWS's variables and the default " +
    "profile count, unless the keys of the flat files are from there",
  ],
  [
    "FLATFETCH_INTO_ENDPOINT, FLATFETCH_INTO_REGION, FLATFETCH_INTO_PROFILE",
    "the same as --into-endpoint, --into-region, --into-profile",
  ],
];

/** Options of every command that asks the server of a fleet. */
export const FLEET = {
  title: "Fleet",
  options: [
    {
      name: "nats-creds",
      value: { name: "FILE", example: "~/fleet.creds", completion: "file" },
      help: "the credentials file for the NATS server (default NATS_CREDS)",
    },
  ],
  read: ({ text }) => ({ natsCreds: text("nats-creds") }),
} satisfies SharedGroup;

/** What is given of the server; `openFleet()` knows what stands in for the rest. */
export type FleetArgs = ReturnType<typeof FLEET.read>;

/** The variables that say as whom the server is asked. */
export const FLEET_VARIABLES: readonly Entry[] = [
  [
    "NATS_CREDS, NATS_TOKEN, NATS_USER and NATS_PASSWORD",
    "a credentials file, a token, or a name and its password for the NATS server, the first that " +
    "is set",
  ],
];
