/**
 * Shows what a run would do.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import { type DatasetEstimate, estimate } from "../../load/estimate.ts";
import type { Estimate, PreloadOptions } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { Presenter } from "../progress/presenter.ts";
import { showJson, showTable } from "../terminal/results.ts";
import { signed } from "../render/style.ts";
import { countText, downloadText, durationText, namesText } from "../render/wording.ts";

/** Estimates a run and shows it, as JSON or as a table; returns the exit code. */
export async function dryRun(
  symbols: readonly string[],
  options: PreloadOptions,
  { json, ...context }: Pick<Context, "terminal" | "style"> & { readonly json: boolean },
): Promise<number> {
  const found = await estimateAloud(symbols, options, context);
  if (json) return showJson(found, context);
  const { terminal, style } = context;
  terminal.line(signed("🧭", workLine(found), style));
  const { missing } = found.total;
  if (missing > 0) {
    terminal.error(signed("🧭", `${countText(missing, "file")} cannot be had`, style));
  }
  const hasLake = options.fromLake !== undefined;
  const rows = found.datasets.map((dataset) => rowOf(dataset, hasLake));
  return await showTable({ headings: headings(hasLake), rows }, context);
}

/** Attempts that fail are reported as those of a run are. */
async function estimateAloud(
  symbols: readonly string[],
  options: PreloadOptions,
  { terminal, style }: Pick<Context, "terminal" | "style">,
): Promise<Estimate> {
  using presenter = new Presenter({ terminal, style });
  return await estimate(symbols, { ...options, reporter: presenter.report });
}

/** Only a run with a lake has a column for it. */
const headings = (hasLake: boolean) => [
  "DATASET",
  "SYMBOLS",
  ">FILES",
  ">CACHED",
  ">KEPT",
  ...(hasLake ? [">LAKE"] : []),
  ">DOWNLOAD",
  ">BYTES",
  "FROM",
  "TO",
];

function rowOf(
  { dataset, symbols, listed, recorded, kept, lake, fetch }: DatasetEstimate,
  hasLake: boolean,
): string[] {
  const ofLake = hasLake ? [lake.files] : [];
  const counts = [listed, recorded, kept.files, ...ofLake, fetch.files].map(String);
  const { bytes, from, to } = fetch;
  return [dataset, namesText(symbols), ...counts, formatBytes(bytes), from ?? "-", to ?? "-"];
}

/** What the run would do in all. */
function workLine({ total, listingRequests, seconds }: Estimate): string {
  const { fetch, kept, lake } = total;
  const work = fetch.files > 0 ? `download ${downloadText(fetch)}` : "download nothing";
  const reading = kept.files > 0 ? `, read ${countText(kept.files, "kept file")}` : "";
  const ofLake = lake.files > 0 ? `, take ${countText(lake.files, "file")} from the lake` : "";
  const time = seconds > 0 ? `, in roughly ${durationText(seconds * 1000)}` : "";
  const listing = listingRequests === 0
    ? "the bucket was listed before"
    : `listing the bucket took ${countText(listingRequests, "request")}`;
  return `This run would ${work}${reading}${ofLake}${time}; ${listing}`;
}
