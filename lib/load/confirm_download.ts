/**
 * Asks before much is downloaded.
 *
 * @module
 */

import { formatBytes } from "../deps/std_fmt.ts";
import { DeclinedError } from "../errors.ts";
import type { Listing } from "../bucket/listing.ts";
import type { RunContext } from "./run_context.ts";
import { dryRunPlan, totalOf } from "./dry_run_plan.ts";
import type { SymbolRequest } from "../request.ts";
import type { FileTotal } from "../settings.ts";
import type { Connection } from "./run_connection.ts";

/** What a download is asked for from. */
export interface ConfirmOptions extends RunContext {
  readonly listing: Listing;
  readonly connection: Connection;
}

/**
 * Asks where there is somebody to ask, and more is to be downloaded than goes without saying;
 * before any lock is taken, so that nobody else waits for the answer.
 *
 * @throws {DeclinedError} when the answer is no.
 * @throws the signal's reason when that ends first.
 */
export async function confirmDownload(
  requests: readonly SymbolRequest[],
  { listing, connection, ...context }: ConfirmOptions,
): Promise<void> {
  const { confirm, confirmAboveBytes } = context.settings;
  if (confirm === undefined || connection.client === undefined) return;
  // Most runs are small, and need not look at what is recorded for that.
  const lists = new Set(requests.map((request) => listing.filesOf(request)));
  const wanted = new Set([...lists].flat());
  if (totalOf([...wanted]).bytes <= confirmAboveBytes) return;
  const plans = await dryRunPlan(
    { cached: [], cachedFamilies: [], stale: requests },
    listing,
    context,
  );
  await confirmWork(totalOf(plans.flatMap(({ missing }) => missing)), { ...context, connection });
}

/**
 * The same for work that is known.
 *
 * @throws as {@linkcode confirmDownload} does.
 */
export async function confirmWork(
  work: FileTotal,
  { settings, connection }: Pick<ConfirmOptions, "settings" | "connection">,
): Promise<void> {
  const { confirm, confirmAboveBytes } = settings;
  if (confirm === undefined || work.bytes <= confirmAboveBytes) return;
  if (await connection.whileWaiting(async () => await confirm(work))) return;
  const { files, bytes } = work;
  const count = `${files.toLocaleString("en-US")} ${files === 1 ? "file" : "files"}`;
  const what = `${formatBytes(bytes)} in ${count}`;
  throw new DeclinedError(`Cannot download ${what}: it was not confirmed`, work);
}
