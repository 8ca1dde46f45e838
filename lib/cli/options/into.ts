/**
 * Where an export goes, and whose keys open it.
 *
 * @module
 */

import type { Entry } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

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
