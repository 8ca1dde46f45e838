/**
 * How a run that downloads works, and what it takes from a lake instead.
 *
 * @module
 */

import type { SharedGroup } from "../arguments/command_spec.ts";
import {
  parseCount,
  parseCountOrAuto,
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
