/**
 * Runs `flatfetch check --into PLACE`.
 *
 * @module
 */

import { checkPlace, type DatasetCheck, type PlaceCheck } from "../../export/check_place.ts";
import type { ProgressEvent } from "../../../mod.ts";
import { accessOptions } from "../access/bucket_access.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { ofPlace } from "../explain/explain.ts";
import { openTarget } from "../access/into_access.ts";
import { findingsTable, isClean, renderPlaceCheck } from "../render/check.ts";
import { hintsForPlace } from "../explain/result_hints.ts";
import { noticesOn, showJson, showLine, showTable } from "../terminal/results.ts";
import { printable, signed } from "../render/style.ts";
import { noFilesText } from "../render/wording.ts";
import type { CheckPlaceArgs } from "./check.ts";

/** Checks, shows what was found and tells by the exit code whether anything was. */
export async function runCheckPlace(args: CheckPlaceArgs, context: Context): Promise<number> {
  const result = await check(args, context).catch((error) => {
    throw ofPlace(error, args.into!);
  });
  if (args.json) await showJson(toJson(result), context);
  else if (!args.quiet) await showFindings(result, context);
  const nothing = showDatasets(result, args, context);
  if (nothing) return EXIT.noData;
  return result.clean ? EXIT.complete : EXIT.incomplete;
}

async function check(args: CheckPlaceArgs, context: Context): Promise<PlaceCheck> {
  await using target = await openTarget(args, { ...context, use: "read" });
  const showNotice = noticesOn(context);
  const { datasets, period, from, to, deep } = args;
  return await checkPlace(datasets, {
    ...{ target, period, from, to, deep },
    ...await accessOptions(args, context),
    reporter: (event: ProgressEvent) => {
      if (event.type === "notice") showNotice(event);
    },
  });
}

async function showFindings({ datasets }: PlaceCheck, context: Context): Promise<void> {
  const table = findingsTable(datasets, { heading: "DATASET", style: context.dataStyle });
  if (table.rows.length > 0) await showTable(table, context);
}

/** Whether there was nothing to check. */
function showDatasets(result: PlaceCheck, { into }: CheckPlaceArgs, context: Context): boolean {
  const { style, terminal } = context;
  const checks = Object.entries(result.datasets);
  if (checks.length === 0) {
    terminal.error(signed("❌", `No dataset is in ${printable(into!)}`, style));
  }
  for (const [i, line] of renderPlaceCheck(result, style).entries()) {
    const [dataset, check] = checks[i]!;
    if (isNothing(check)) {
      terminal.error(signed("❌", noFilesText(dataset, " in this time"), style));
    } else if (isClean(check)) terminal.line(line);
    else terminal.error(line);
  }
  const hints = hintsForPlace(checks.flatMap(([, { findings }]) => findings));
  for (const hint of hints) showLine(`   ${hint}`, context);
  return checks.length === 0 || checks.some(([, check]) => isNothing(check));
}

function isNothing({ dates, objects, findings }: DatasetCheck): boolean {
  return dates.length === 0 && objects === 0 && findings.length === 0;
}

/** The result with the number of listed files in the place of their dates. */
function toJson({ datasets, ...rest }: PlaceCheck) {
  const counted = Object.entries(datasets).map(([dataset, { dates, findings, ...check }]) =>
    [dataset, { listed: dates.length, ...check, findings }] as const
  );
  return { datasets: Object.fromEntries(counted), ...rest };
}
