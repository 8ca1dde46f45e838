/**
 * How much disk room an export takes meanwhile, and whether there is as much.
 *
 * @module
 */

import { freeBytesAt } from "../cache/filesystem.ts";
import { formatBytes } from "../deps/deno_std.ts";
import { bytesOfAll, isLarge } from "../dated_object.ts";
import { initialConcurrency, type Settings } from "../settings.ts";
import type { ExportTask } from "./plan_export.ts";
import type { ExportTarget } from "./target.ts";

/**
 * Bytes that are in the cache at once, at most: of the tasks whose files are on the disk while they
 * are worked on, as many of the largest as are worked on at once.
 */
export function roomFor(
  tasks: readonly Pick<ExportTask, "sources">[],
  settings: Pick<Settings, "concurrency">,
): number {
  const large = tasks.map(({ sources }) => bytesOfAll(sources)).filter((size) => isLarge({ size }));
  return large.sort((a, b) => b - a).slice(0, initialConcurrency(settings)).reduce(
    (sum, size) => sum + size,
    0,
  );
}

/** What a user should know before the first file is fetched, in sentences. */
export async function roomNotices(
  tasks: readonly ExportTask[],
  { settings, target }: { readonly settings: Settings; readonly target: ExportTarget },
): Promise<string[]> {
  const { cacheDirectory } = settings;
  const total = bytesOfAll(tasks.flatMap(({ sources }) => sources));
  const needs = [
    [cacheDirectory, roomFor(tasks, settings), await freeBytesAt(cacheDirectory)],
    [target.name, total, await target.freeBytes()],
  ] as const;
  return needs.flatMap(([name, wanted, free = Infinity]) => {
    if (wanted <= free) return [];
    return `${name} has ${formatBytes(free)} of room, and may need ${formatBytes(wanted)}`;
  });
}
