/**
 * How a command works: what it downloads at once, how old a listing may be, and how much it shows.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { Entry, OptionSpec } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";
import {
  parseCount,
  parseCountOrAuto,
  parseDuration,
  parseSize,
  parseSizeBetween,
} from "../arguments/quantities.ts";

/** Options of every command that downloads. */
export const RUN = {
  title: "Run",
  options: [
    {
      name: "concurrency",
      short: "j",
      value: { name: "N", example: "20", completion: ["auto"] },
      help: "files at once, 1 to 256, or auto for as many as bring more (default 20)",
    },
    {
      name: "max-memory",
      value: { name: "SIZE", example: "128MiB" },
      help: "fewer files at once when theirs come to more than SIZE, compressed (default 128MiB)",
    },
    {
      name: "bwlimit",
      value: { name: "SIZE", example: "10M" },
      help: "read at most SIZE a second over all connections (default no limit)",
    },
    {
      name: "save-every",
      value: { name: "N", example: "10" },
      help: "record N finished files at a time, 1 to 1000 (default 1); kill -9 loses those not " +
        "recorded yet",
    },
    {
      name: "keep-limit",
      value: { name: "SIZE", example: "1GiB" },
      help: "keep the downloaded files for other symbols when a run's come to at most SIZE " +
        "(default 1GiB; 0 keeps none)",
    },
    { name: "yes", short: "y", help: "download more than 2 GiB without being asked" },
    { name: "wait", help: "wait for another run that works on a symbol" },
  ],
  read: ({ text, isOn }) => ({
    concurrency: parseCountOrAuto("concurrency", text("concurrency"), 256),
    maxMemoryBytes: parseSizeBetween("max-memory", text("max-memory"), ["1MiB", "1TiB"]),
    maxBytesPerSecond: parseSizeBetween("bwlimit", text("bwlimit"), ["1KiB", "1TiB"]),
    saveEvery: parseCount("save-every", text("save-every"), 1_000),
    keepLimitBytes: parseSize("keep-limit", text("keep-limit")),
    yes: isOn("yes"),
    wait: isOn("wait"),
  }),
} satisfies SharedGroup;

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

/** Options of every command that works on a listing of the bucket. */
export const LISTING = {
  title: "Freshness",
  options: [
    {
      name: "max-age",
      value: { name: "DURATION", example: "1h" },
      help: "how long a listing of the bucket serves, such as 90s 30m 1h 1d (default 1h)",
    },
    { name: "refresh", help: "list the bucket anew, whatever --max-age says" },
    { name: "offline", help: "use no network, only what is cached or kept" },
  ],
  read({ text, isOn }) {
    if (isOn("refresh") && isOn("offline")) {
      throw new UsageError("Cannot use --refresh together with --offline: it needs the network");
    }
    return {
      maxAgeMs: parseDuration("max-age", text("max-age")),
      refresh: isOn("refresh"),
      offline: isOn("offline"),
    };
  },
} satisfies SharedGroup;

/** How old a listing of the bucket may be. */
export type ListingArgs = ReturnType<typeof LISTING.read>;

/** Options of every command. */
export const SCREEN = {
  title: "Common options",
  options: [
    { name: "quiet", short: "q", help: "show errors and warnings only" },
    { name: "no-color", help: "no colors and no signs" },
    { name: "debug", help: "show where an error comes from, and what was passed over" },
    { name: "help", short: "h", help: "show this" },
    { name: "version", help: "show the version" },
  ],
  read: ({ isOn }) => ({
    quiet: isOn("quiet"),
    noColor: isOn("no-color"),
    debug: isOn("debug"),
  }),
} satisfies SharedGroup;

/** How a command shows itself. */
export type ScreenArgs = ReturnType<typeof SCREEN.read>;

/** The variables that say what the screen can show. */
export const SCREEN_VARIABLES: readonly Entry[] = [
  ["NO_COLOR", "when it is not empty, no colors and no signs, as with --no-color"],
  ["TERM, LC_ALL, LC_CTYPE, LANG", "whether colors and signs can be shown"],
];

/** The switch for programs that read the output, with what it prints. */
export function jsonOption(help: string): OptionSpec {
  return { name: "json", help };
}
