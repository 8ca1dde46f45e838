/**
 * The bucket, and whose keys open it.
 *
 * @module
 */

import type { Entry } from "../command_doc.ts";
import type { SharedGroup } from "../command_spec.ts";

/** What is given of the bucket; `findAccess()` knows what stands in for the rest. */
export interface BucketArgs {
  readonly endpoint: string | undefined;
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

/** Options of every command that may ask the bucket. */
export const BUCKET: SharedGroup<BucketArgs> = {
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
};

/** The variables that say where the bucket is and which keys open it, each before the next. */
export const BUCKET_VARIABLES: readonly Entry[] = [
  ["MASSIVE_S3_ACCESS_KEY_ID", "the key pair of your flat files, together with"],
  ["MASSIVE_S3_SECRET_ACCESS_KEY", "its secret half"],
  ["AWS_ACCESS_KEY_ID", "another key pair, with AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)"],
  ["AWS_PROFILE", "a profile in ~/.aws/credentials, when no variable has a key pair"],
  ["FLATFETCH_ENDPOINT", "where the bucket is, unless --endpoint is given"],
  ["AWS_ENDPOINT_URL_S3", "the same, when FLATFETCH_ENDPOINT is not set; then AWS_ENDPOINT_URL"],
];
