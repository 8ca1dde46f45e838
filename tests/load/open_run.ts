/**
 * The parts of a run, opened one by one on a server of generated files.
 *
 * @module
 */

import type { FlatFiles } from "../../fixtures/flat_files.ts";
import { keptOptions, Listing } from "../../lib/bucket/listing.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import type { StoredRecords } from "../../lib/cache/stored_records.ts";
import { Connection } from "../../lib/load/run_connection.ts";
import { Fetcher } from "../../lib/load/fetcher.ts";
import { openStored } from "../../lib/load/run_context.ts";
import { Suggestions } from "../../lib/load/suggestions.ts";
import { completeListing } from "../../lib/load/update.ts";
import type { ProgressEvent } from "../../lib/progress.ts";
import { readRequest, type SymbolRequest } from "../../lib/request.ts";
import { type PreloadOptions, type Settings, withDefaults } from "../../lib/settings.ts";
import { KEYS, QUARTER, stockFiles, World } from "../program/harness.ts";

export const FILES = stockFiles();

/** What the parts of a run work with. */
export interface OpenRun {
  readonly world: World;
  readonly settings: Settings;
  readonly directory: CacheDirectory;
  readonly requests: readonly SymbolRequest[];
  readonly stored: StoredRecords;
  readonly listing: Listing;
  readonly connection: Connection;
  readonly fetcher: Fetcher;
  readonly suggestions: Suggestions;
  readonly events: readonly ProgressEvent[];
}

/** The settings of a run of the quarter on a server. */
export function settingsOn(world: World, options: Partial<PreloadOptions> = {}): Settings {
  return withDefaults({
    cacheDirectory: world.cache,
    endpoint: world.url,
    credentials: KEYS,
    ...QUARTER,
    ...options,
  });
}

/** The requests for some symbols in the quarter. */
export function requestsFor(symbols: readonly string[]): SymbolRequest[] {
  return readRequest(symbols, QUARTER, QUARTER.to);
}

/**
 * Opens the parts of a run whose listing is complete and was no request of those that the
 * server has recorded.
 */
export async function withRun(
  symbols: readonly string[],
  use: (run: OpenRun) => Promise<void>,
  { files = FILES, prepare, ...options }: Partial<PreloadOptions> & {
    readonly files?: FlatFiles;
    /** What is done before. */
    readonly prepare?: (world: World) => Promise<unknown> | void;
  } = {},
): Promise<void> {
  await using world = await World.open([files]);
  await prepare?.(world);
  const events: ProgressEvent[] = [];
  const reporter = (event: ProgressEvent) => {
    events.push(event);
    options.reporter?.(event);
  };
  const settings = settingsOn(world, { ...options, reporter });
  const directory = new CacheDirectory(world.cache);
  await directory.make();
  const requests = requestsFor(symbols);
  using connection = await Connection.open(settings);
  const listing = await Listing.readKept(requests, keptOptions(settings, directory));
  await completeListing(requests, listing, { directory, settings, connection });
  await using suggestions = new Suggestions({ directory, settings, listing });
  await using fetcher = new Fetcher(connection, { directory });
  const stored = await openStored({ directory, settings });
  world.s3.clearRequests();
  const run = { world, settings, directory, requests, stored, listing, connection, fetcher };
  await use({ ...run, suggestions, events });
}
