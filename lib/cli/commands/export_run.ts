/**
 * Runs `flatfetch export`.
 *
 * @module
 */

import { resolve } from "node:path";
import { formatBytes } from "../../deps/std_fmt.ts";
import { exportBy, type ExportOptions, type ExportResult } from "../../export/export_dataset.ts";
import { type Perform, performHere } from "../../export/perform_here.ts";
import { datesText, nameOf } from "../../export/plan_export.ts";
import { parseShard } from "../../export/export_request.ts";
import type { ExportTarget } from "../../export/target.ts";
import { accessOptions } from "../access/bucket_access.ts";
import { confirmOn } from "../terminal/confirm.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { ofPlace } from "../explain/explain.ts";
import { LAYOUTS_HINT } from "../explain/result_hints.ts";
import { openTarget } from "../access/into_access.ts";
import { Presenter } from "../progress/presenter.ts";
import { renderInterrupted } from "../render/outcome.ts";
import { renderNotice } from "../render/warning.ts";
import { showJson } from "../terminal/results.ts";
import { printable, signed } from "../render/style.ts";
import {
  countText,
  durationText,
  noFilesText,
  objectsText,
  roomText,
  rowsText,
} from "../render/wording.ts";
import type { ExportArgs } from "./export.ts";

/** Exports and returns the exit code. What it cannot do, it throws. */
export async function runExport(args: ExportArgs, context: Context): Promise<number> {
  const { terminal, style, signal, debug } = context;
  await using target = await openTarget(args, context);
  await using stack = new AsyncDisposableStack();
  const perform = await fleetFor(args, stack, context);
  const options = await exportOptions(args, target, context);
  using presenter = new Presenter({ ...{ terminal, style, debug }, ...args });
  signal.addEventListener("abort", () => presenter.stop(), { once: true });
  try {
    const result = await exportBy(perform, args.datasets, {
      ...options,
      reporter: presenter.report,
    });
    presenter.stop();
    await showResult(result, args, context);
    if (result.plans.some(({ isListed }) => !isListed)) return EXIT.noData;
    const isBegun = args.dryRun || args.detach && result.failures.length === 0;
    return result.complete || isBegun ? EXIT.complete : EXIT.incomplete;
  } catch (error) {
    presenter.stop();
    const end = signal.aborted ? renderInterrupted(presenter.state) : undefined;
    if (end !== undefined) terminal.error(end);
    if (end !== undefined && args.fleet !== undefined) terminal.error(FLEET_GOES_ON);
    throw ofPlace(error, args.into!);
  }
}

const FLEET_GOES_ON = "   The workers go on; flatfetch fleet cancel ends their work.";

/** What does the work by a fleet, where one is given. */
async function fleetFor(
  args: ExportArgs,
  stack: AsyncDisposableStack,
  context: Context,
): Promise<Perform> {
  const { fleet: url, into, atOnce, detach } = args;
  if (url === undefined) return performHere;
  const { openFleet } = await import("../access/fleet_access.ts");
  const { performByFleet } = await import("../../fleet/export_job.ts");
  const fleet = stack.use(await openFleet(url, args, { ...context, name: "coordinator" }));
  // A folder's path has to mean the same to every worker.
  const place = /^s3:/i.test(into!) ? into! : resolve(into!);
  return performByFleet({ fleet, place, atOnce, detach });
}

async function exportOptions(
  args: ExportArgs,
  target: ExportTarget,
  context: Context,
): Promise<ExportOptions> {
  const { env, version } = context;
  const { period, from, to, by, format, tickers, dryRun } = args;
  const { concurrency, maxMemoryBytes, maxBytesPerSecond } = args;
  return {
    ...{ target, period, from, to, by, format, tickers, dryRun },
    ...{ concurrency, maxMemoryBytes, maxBytesPerSecond },
    shard: args.shard === undefined ? undefined : parseShard(args.shard, env),
    ...await accessOptions(args, context),
    confirm: confirmOn(context, args),
    programVersion: version,
  };
}

async function showResult(result: ExportResult, args: ExportArgs, context: Context): Promise<void> {
  const { terminal, style } = context;
  if (args.json) await showJson(result, context);
  showFailures(result, context);
  for (const plan of result.plans) showPlan(plan, printable(args.into!), context);
  if (result.plans.every(({ filesListed }) => filesListed === 0)) return;
  if (result.objectsWritten > 0 && result.rows === 0 && args.tickers !== undefined) {
    const message = `No row of these files is of ${args.tickers.join(", ")}`;
    terminal.line(renderNotice(printable(message), style));
  }
  terminal.line(signed(result.complete ? "✅" : "🧭", endText(result, args, context), style));
}

function showFailures(
  { failures, mixedLayouts }: ExportResult,
  { terminal, style }: Context,
): void {
  const show = (text: string) => terminal.error(signed("❌", text, style));
  for (const failure of failures.slice(0, MOST_FAILURES)) {
    show(`${printable(nameOf(failure))}: ${printable(failure.cause)}`);
  }
  const more = failures.length - MOST_FAILURES;
  if (more > 0) terminal.error(`   and ${countText(more, "more file")}`);
  for (const { dataset, path, cause } of mixedLayouts) {
    const which = `${dataset}: ${cause}, such as ${printable(path)}`;
    show(`${which}; readers fail, or find rows twice`);
  }
  if (mixedLayouts.length > 0) terminal.error(`   ${LAYOUTS_HINT}`);
}

/** What the bucket lacks of a dataset. */
function showPlan(
  { dataset, isListed, filesListed, objectsUnlisted, datesUnlisted }: ExportResult["plans"][number],
  into: string,
  { terminal, style }: Context,
): void {
  const notice = (text: string) => terminal.line(signed("📌", text, style));
  if (!isListed) terminal.error(signed("❌", noFilesText(dataset), style));
  else if (filesListed === 0) notice(`The bucket has no file of ${dataset} in this time`);
  if (objectsUnlisted.length > 0) {
    const objects = countText(objectsUnlisted.length, "object");
    notice(
      `${dataset} has ${objects} in ${into} that the bucket lists no file for, such as ` +
        `${printable(objectsUnlisted[0]!)}; left as they are`,
    );
  }
  if (datesUnlisted.length > 0) {
    notice(
      `${dataset} has rows in ${into} that the bucket lists no file for, of ` +
        `${datesText(datesUnlisted)}; left as they are`,
    );
  }
}

const MOST_FAILURES = 20;

function endText(
  result: ExportResult,
  args: ExportArgs,
  { env }: Pick<Context, "env">,
): string {
  const { planned, plans, objectsWritten, objectsByOthers, filesFromCache, failures } = result;
  const { by } = args;
  const shard = shardText(args, env);
  const into = `${printable(args.into!)}${shard}`;
  const there = plans.reduce((sum, plan) => sum + plan.filesThere, 0);
  const work = objectsText(planned.files, { count: planned.objects, by });
  if (args.dryRun) {
    const bytes = `${formatBytes(planned.bytes)}${keptText(planned)}`;
    const room = roomText(planned.diskBytes);
    return `This run would export ${work} (${bytes}) into ${into}${room}; ${there} are there`;
  }
  if (args.detach && planned.objects > 0) {
    return `Handed ${work}${shard} to the fleet; flatfetch fleet status shows how far it is`;
  }
  if (planned.objects === 0 && failures.length === 0) {
    const count = plans.reduce((sum, { objects }) => sum + objects, 0);
    return `${into} is up to date: ${objectsText(there, { count, by })}`;
  }
  const unit = by === "month" ? "month" : "file";
  const which = result.bytesDownloaded === 0 ? "all" : filesFromCache;
  const cached = filesFromCache === 0 ? "" : ` (${which} from the cache)`;
  const parts = [
    `Exported ${
      objectsText(result.filesWritten, { count: objectsWritten, by })
    }${cached} into ${into}`,
    rowsText(result.rows),
    objectsByOthers > 0 && `${countText(objectsByOthers, unit)} written by another run`,
    failures.length > 0 && `${countText(failures.length, unit)} failed`,
    there > 0 && `${there} were there already`,
    `${formatBytes(result.bytesDownloaded)} downloaded in ${durationText(result.seconds * 1000)}`,
  ];
  return parts.filter((part) => part).join(", ");
}

/** ` (shard 2/4)`, which a scheduler may have named, or nothing where the work is not divided. */
function shardText({ shard }: ExportArgs, env: Context["env"]): string {
  if (shard === undefined) return "";
  const { index, count } = parseShard(shard, env);
  return ` (shard ${index + 1}/${count})`;
}

/** `, 9.2 MB of it kept in the cache`, or nothing where none is. */
function keptText({ bytes, keptBytes }: ExportResult["planned"]): string {
  if (keptBytes === 0) return "";
  return `, ${keptBytes === bytes ? "all" : formatBytes(keptBytes)} of it kept in the cache`;
}
