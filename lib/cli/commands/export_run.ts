/**
 * Runs `flatfetch export`.
 *
 * @module
 */

import { formatBytes } from "../../deps/deno_std.ts";
import { UsageError } from "../../errors.ts";
import { BucketTarget, parseBucketPlace } from "../../export/bucket_target.ts";
import {
  exportDataset,
  type ExportOptions,
  type ExportResult,
} from "../../export/export_dataset.ts";
import { FolderTarget } from "../../export/folder_target.ts";
import { parseShard } from "../../export/shard.ts";
import type { ExportTarget } from "../../export/target.ts";
import { DEFAULT_BUCKET, DEFAULT_ENDPOINT } from "../../settings.ts";
import { credentialsOf, findAccess } from "../access.ts";
import { confirmOn } from "../confirm.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../environment.ts";
import { EXIT } from "../explain.ts";
import { findIntoAccess } from "../into_access.ts";
import type { BucketArgs } from "../options/bucket.ts";
import type { CacheArgs } from "../options/cache.ts";
import type { IntoArgs } from "../options/into.ts";
import type { RunArgs } from "../options/run.ts";
import { requestFolder, requestHost } from "../permissions.ts";
import { createPresenter } from "../presenter.ts";
import { renderInterrupted } from "../render_outcome.ts";
import { renderNotice } from "../render_warning.ts";
import { showJson } from "../results.ts";
import { printable, signed } from "../style.ts";
import { countText, durationText } from "../wording.ts";

/** What `export` is told. */
export interface ExportArgs
  extends
    IntoArgs,
    CacheArgs,
    BucketArgs,
    Pick<RunArgs, "concurrency" | "maxMemoryBytes" | "maxBytesPerSecond" | "yes"> {
  readonly datasets: readonly string[];
  readonly period: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly by: "date" | "month";
  readonly format: "parquet" | "csv.gz";
  readonly tickers: readonly string[] | undefined;
  readonly shard: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly progressEvery: number | undefined;
}

/** Exports and returns the exit code. What it cannot do, it throws. */
export async function runExport(args: ExportArgs, context: Context): Promise<number> {
  const { terminal, style, signal, debug } = context;
  const startedAtMs = performance.now();
  await using target = await openTarget(args, context);
  const options = await exportOptions(args, target, context);
  using presenter = createPresenter({ ...{ terminal, style, debug }, ...args });
  signal.addEventListener("abort", () => presenter.stop(), { once: true });
  try {
    const result = await exportDataset(args.datasets, { ...options, reporter: presenter.report });
    presenter.stop();
    await showResult(result, { args, context, elapsedMs: performance.now() - startedAtMs });
    return result.complete || args.dryRun ? EXIT.complete : EXIT.incomplete;
  } catch (error) {
    presenter.stop();
    const end = signal.aborted ? renderInterrupted(presenter.state) : undefined;
    if (end !== undefined) terminal.error(end);
    throw error;
  }
}

/** Opens the place that an export goes to. */
export async function openTarget(
  args: IntoArgs & Pick<BucketArgs, "endpoint" | "profile">,
  { env, terminal, style }: Pick<Context, "env" | "terminal" | "style">,
): Promise<ExportTarget> {
  const { into } = args;
  if (into === undefined) throw new UsageError("Cannot export: no place is given, want --into");
  const place = parseBucketPlace(into);
  if (place === undefined) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(into)) {
      throw new UsageError(`Cannot export into "${into}": want a folder or s3://BUCKET/PREFIX`);
    }
    requestFolder(into);
    return new FolderTarget(into);
  }
  const { keys } = await findAccess(args, env);
  const source = keys.kind === "found" ? keys.source : undefined;
  const access = await findIntoAccess(args, env, source);
  requestHost(access.endpoint);
  return new BucketTarget({
    ...access,
    ...place,
    name: into,
    onConditions: ({ ifNoneMatch, ifMatch }) => {
      if (ifNoneMatch && ifMatch) return;
      const message =
        `${into} does not keep to conditions of a write: let one run at a time write there`;
      terminal.line(renderNotice(message, style));
    },
  });
}

async function exportOptions(
  args: ExportArgs,
  target: ExportTarget,
  context: Context,
): Promise<ExportOptions> {
  const { env, signal, version } = context;
  const access = await findAccess(args, env);
  const { period, from, to, by, format, tickers, dryRun } = args;
  const { concurrency, maxMemoryBytes, maxBytesPerSecond } = args;
  return {
    ...{ target, period, from, to, by, format, tickers, dryRun },
    ...{ concurrency, maxMemoryBytes, maxBytesPerSecond },
    shard: args.shard === undefined ? undefined : parseShard(args.shard, env),
    cacheDirectory: cacheDirectoryOf(args.cacheDir, env),
    endpoint: access.endpoint ?? DEFAULT_ENDPOINT,
    bucket: args.bucket ?? DEFAULT_BUCKET,
    region: args.region ?? access.region,
    credentials: () => {
      requestHost(access.endpoint);
      return Promise.resolve(credentialsOf(access));
    },
    confirm: confirmOn(context, args),
    programVersion: version,
    signal,
  };
}

async function showResult(
  result: ExportResult,
  { args, context, elapsedMs }: {
    readonly args: ExportArgs;
    readonly context: Context;
    readonly elapsedMs: number;
  },
): Promise<void> {
  const { terminal, style } = context;
  if (args.json) await showJson(result, context);
  for (const { path, cause } of result.failures.slice(0, MOST_FAILURES)) {
    terminal.error(signed("❌", `${printable(path)}: ${cause}`, style));
  }
  const more = result.failures.length - MOST_FAILURES;
  if (more > 0) terminal.error(`   and ${countText(more, "more file")}`);
  for (const { dataset, unlisted } of result.plans) {
    if (unlisted.length === 0) continue;
    const message =
      `${dataset} has ${countText(unlisted.length, "object")} in ${args.into} that the ` +
      `bucket does not list any more, such as ${unlisted[0]}; left as they are`;
    terminal.line(renderNotice(printable(message), style));
  }
  terminal.line(signed(result.complete ? "✅" : "🧭", endText(result, args, elapsedMs), style));
}

const MOST_FAILURES = 20;

function endText(result: ExportResult, args: ExportArgs, elapsedMs: number): string {
  const { planned, written, present, rows, plans } = result;
  const into = printable(args.into!);
  const done = plans.reduce((sum, plan) => sum + plan.done, 0);
  if (args.dryRun) {
    const work = `${countText(planned.objects, "file")} (${formatBytes(planned.bytes)})`;
    return `This run would export ${work} into ${into}; ${done} are there`;
  }
  if (planned.objects === 0) return `${into} is up to date: ${countText(done, "file")}`;
  const parts = [
    `Exported ${countText(written, "file")} into ${into}`,
    rows > 0 && `${rows.toLocaleString("en-US")} rows`,
    present > 0 && `${present} written by another run`,
    result.failures.length > 0 && `${result.failures.length} failed`,
    done > 0 && `${done} were there`,
    `${formatBytes(planned.bytes)} read in ${durationText(elapsedMs)}`,
  ];
  return parts.filter((part) => part).join(", ");
}
