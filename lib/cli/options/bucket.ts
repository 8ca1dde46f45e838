/**
 * The bucket, and whose keys open it.
 *
 * @module
 */

import type { Entry } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

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
