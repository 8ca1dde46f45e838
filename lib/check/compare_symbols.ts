/**
 * Compares the files of symbols with what is cached of them, and looks at the bars in there.
 *
 * @module
 */

import type { Listing } from "../bucket/listing.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { DatedObject } from "../dated_object.ts";
import {
  absenceFindings,
  adjustSymbol,
  historyFindings,
  stampFindings,
  type SymbolAdjustment,
} from "../load/symbol_findings.ts";
import { familyDefects, surveyFamily } from "../load/family_survey.ts";
import { joinParts } from "../load/follow.ts";
import type { FamilyBars } from "../load/loaded_family.ts";
import {
  type BarSpan,
  divideFiles,
  type LoadedSymbol,
  sourceBarsOf,
  surveyRows,
  tickerOf,
  type UnreadableFile,
} from "../load/loaded_symbol.ts";
import { keptFamily, openStored, recordedSymbol, type RunContext } from "../load/run_context.ts";
import { checkBars } from "../market/bar_defects.ts";
import type { Finding } from "../market/finding.ts";
import { partsOf, type SymbolRequest } from "../request.ts";
import { compareFiles, type FileComparison, listedIn } from "./compare_files.ts";

/** A symbol's files in the bucket and in the cache. */
export interface Compared {
  readonly symbol: string;
  readonly ticker: string;
  readonly request: SymbolRequest;
  readonly files: FileComparison;
  /** The tickers whose cache entries are damaged. */
  readonly damaged: readonly string[];
  readonly look: (adjustment: SymbolAdjustment) => Promise<Look>;
}

/** What is found in the files of a symbol. */
export interface Look {
  readonly bars: BarSpan;
  readonly unreadable: readonly (UnreadableFile & { readonly ticker: string })[];
  /** Of dates, then of bars. */
  readonly findings: readonly Finding[];
}

/** Compares the files of each symbol, without its lock; its bars are looked at afterwards. */
export async function compareSymbols(
  requests: readonly SymbolRequest[],
  listing: Listing,
  context: RunContext,
): Promise<Compared[]> {
  const stored = await openStored(context);
  const compared: Compared[] = [];
  const giveWay = givingWay();
  // One after the other: each opens files.
  for (const request of requests) {
    await giveWay();
    const files = listing.filesOf(request);
    compared.push(
      request.isFamily
        ? await compareFamily(request, files, context)
        : await compareSymbol(request, files, stored),
    );
  }
  return compared;
}

async function compareSymbol(
  request: SymbolRequest,
  listed: readonly DatedObject[],
  stored: StoredRecords,
): Promise<Compared> {
  const parts = request.history === undefined ? [request] : partsOf([request]);
  const found = await Promise.all(parts.map((part) => recordedSymbol(part, stored)));
  const cached = request.history === undefined ? found[0]! : joinParts(request, found);
  const damaged = found.filter(({ entry }) => entry === "damaged").map(({ ticker }) => ticker);
  const { symbol, ticker } = cached;
  const files = compareFiles(request, listed, cached.records);
  const look = (adjustment: SymbolAdjustment) => lookAtSymbol(cached, listedIn(files), adjustment);
  return { symbol, ticker, request, files, damaged, look };
}

async function compareFamily(
  request: SymbolRequest,
  listed: readonly DatedObject[],
  { directory }: RunContext,
): Promise<Compared> {
  const family = await keptFamily(request, directory);
  const { symbol, ticker, records } = family;
  const files = compareFiles(request, listed, records);
  const look = () => lookAtFamily(family, files);
  return { symbol, ticker, request, files, damaged: [], look };
}

async function lookAtFamily(family: FamilyBars, { current }: FileComparison): Promise<Look> {
  const { unreadable, findings, tickers, ...bars } = await surveyFamily(family, current);
  const never = tickers.size === 0 && current.length > 0 ? [noteNever(current)] : [];
  const defects = await familyDefects(family, current);
  return { bars, unreadable, findings: [...never, ...findings, ...defects] };
}

function noteNever(files: readonly DatedObject[]): Finding {
  const text = "no ticker matches in the files that are cached";
  return { kind: "never", severity: "warning", dates: files.map(({ date }) => date), text };
}

/** Gives way between two looks at a symbol's bars, of which there may be millions. */
async function lookAtSymbol(
  cached: LoadedSymbol,
  listed: readonly DatedObject[],
  adjustment: SymbolAdjustment,
): Promise<Look> {
  const giveWay = givingWay();
  const { dataset } = cached.request;
  const divided = divideFiles(cached, listed);
  const { recorded, unreadable } = divided;
  const { findings, ...bars } = surveyRows(cached, recorded);
  await giveWay();
  const ofBars = checkBars(sourceBarsOf(cached, recorded), dataset)
    .filter(({ kind }) => kind !== "stamp-outside-date");
  await giveWay();
  return {
    bars,
    unreadable: unreadable.map((file) => ({ ...file, ticker: tickerOf(cached, file.date) })),
    findings: [
      ...historyFindings(cached, divided),
      ...absenceFindings(cached, divided),
      ...findings,
      ...ofBars,
      ...stampFindings(cached, divided),
      ...adjustSymbol(cached, divided, adjustment).findings,
    ],
  };
}
