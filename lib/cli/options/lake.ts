/**
 * Whether files are taken from a lake, and from which.
 *
 * @module
 */

import type { SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command that brings bars. */
export const LAKE = {
  title: "Lake",
  options: [{
    name: "from-lake",
    value: { name: "DIR", example: "lake", completion: "directory" },
    help: "take the bars from what flatfetch export put into DIR, and download only files that " +
      "are not there as the bucket lists them",
  }],
  read: ({ text }) => ({ fromLake: text("from-lake") }),
} satisfies SharedGroup;
