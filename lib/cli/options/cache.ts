/**
 * Where the cache is.
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
