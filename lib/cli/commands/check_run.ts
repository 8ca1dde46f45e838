/**
 * Runs `flatfetch check`.
 *
 * @module
 */

import { checkSymbols } from "../../check/check.ts";
import type { CheckResult, ProgressEvent } from "../../../mod.ts";
import { accessOptions, adjustOptions } from "../access/bucket_access.ts";
import { allSymbolsOf } from "../arguments/symbols_file.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { findingsTable, isClean, renderCheck } from "../render/check.ts";
import { renderStrays } from "../render/warning.ts";
import { hintForAbsences, hintForFindings } from "../explain/result_hints.ts";
import { noticesOn, showJson, showLine, showTable } from "../terminal/results.ts";
import type { CheckArgs, CheckPlaceArgs } from "./check.ts";

/** Checks, shows what was found and tells by the exit code whether anything was. */
export async function runCheck(
  args: CheckArgs | CheckPlaceArgs,
  context: Context,
): Promise<number> {
  if ("into" in args) {
    const { runCheckPlace } = await import("./check_place_run.ts");
    return await runCheckPlace(args, context);
  }
  const showNotice = noticesOn(context);
  const options = {
    ...args.request,
    ...await accessOptions(args, context),
    ...adjustOptions(args, context.env),
    follow: args.follow,
    renamesFile: args.renamesFile,
    reporter: (event: ProgressEvent) => {
      if (event.type === "notice") showNotice(event);
    },
  };
  const result = await checkSymbols(await allSymbolsOf(args, context), options);
  if (args.json) await showJson(toJson(result), context);
  else if (!args.quiet) await showFindings(result, context);
  showSymbols(result, args, context);
  return result.clean ? EXIT.complete : EXIT.incomplete;
}

async function showFindings(result: CheckResult, context: Context): Promise<void> {
  const options = { heading: "SYMBOL", style: context.dataStyle };
  const table = findingsTable(result.symbols, options);
  if (table.rows.length > 0) await showTable(table, context);
}

function showSymbols(result: CheckResult, { follow }: CheckArgs, context: Context): void {
  const { style, terminal } = context;
  const checks = Object.values(result.symbols);
  for (const [i, line] of renderCheck(result, { nowMs: Date.now(), style }).entries()) {
    if (isClean(checks[i]!)) terminal.line(line);
    else terminal.error(line);
  }
  if (result.strays.count > 0) showLine(renderStrays(result.strays, style), context);
  const findings = checks.flatMap(({ findings }) => findings);
  const hints = [
    hintForFindings(findings.map(({ kind }) => kind)),
    hintForAbsences(findings, { follow }),
  ];
  for (const hint of hints) if (hint !== undefined) showLine(`   ${hint}`, context);
}

/** The result with the number of listed files in the place of their dates. */
function toJson({ symbols, ...rest }: CheckResult) {
  const counted = Object.entries(symbols).map(([symbol, { dates, findings, ...check }]) =>
    [symbol, { ...check, listed: dates.length, findings }] as const
  );
  return { symbols: Object.fromEntries(counted), ...rest };
}
