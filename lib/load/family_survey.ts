/**
 * What the files of a family come to: its tickers, how many bars each has, and what a user should
 * know of them.
 *
 * @module
 */

import type { Listing } from "../bucket/listing.ts";
import type { FamilyNotes } from "../cache/family_body.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { type DatedObject, isRecorded } from "../dated_object.ts";
import { type BarSpan, hasFileBars, spanOfBars, type UnreadableFile } from "./loaded_symbol.ts";
import type { Bar } from "../market/bar.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import type { Finding } from "../market/finding.ts";
import { resample } from "../market/resample.ts";
import type { DatedRows } from "../cache/family_merge.ts";
import { type FamilyBars, type LoadedFamily, membersOf } from "./loaded_family.ts";
import { checkBars } from "../market/bar_defects.ts";

/** What the files of a family come to. */
export interface FamilySurvey extends BarSpan {
  /** How many bars each of its tickers has, in the order of their names. */
  readonly tickers: ReadonlyMap<string, number>;
  /** What a user should know about the bars, and about the files. */
  readonly findings: readonly Finding[];
  /** Files that have a row of a ticker that cannot be read. */
  readonly unreadable: readonly (UnreadableFile & { readonly ticker: string })[];
}

/** A family with what its files come to. */
export interface SurveyedFamily extends LoadedFamily {
  /** All files that its request asks for. */
  readonly files: readonly DatedObject[];
  /** Those of them, in their order, of which it has the rows as they are listed. */
  readonly recorded: readonly DatedObject[];
  readonly survey: FamilySurvey;
  /** Families that one without a ticker may have been meant for. */
  readonly suggestions?: readonly string[];
}

/** Looks at all that is kept of some families. */
export async function surveyFamilies(
  families: readonly LoadedFamily[],
  listing: Pick<Listing, "filesOf">,
): Promise<SurveyedFamily[]> {
  return await Array.fromAsync(families, async (one) => {
    const files = listing.filesOf(one.request);
    const recorded = files.filter((file) => isRecorded(file, one.records));
    return { ...one, files, recorded, survey: await surveyFamily(one, recorded) };
  });
}

/** Looks at all that is kept of a family, of which little is in memory at a time. */
export async function surveyFamily(
  { request, records }: FamilyBars,
  recorded: readonly DatedObject[],
): Promise<FamilySurvey> {
  const look = new FamilyLook(request);
  const members = membersOf({ records }, recorded, (file, notes) => look.addNotes(file, notes));
  const giveWay = givingWay();
  for (const { ticker, rows } of members) {
    await giveWay();
    look.addTicker(ticker, rows);
  }
  return look.survey();
}

/** What is seen of a family, ticker by ticker. */
class FamilyLook {
  readonly #request: FamilyBars["request"];
  readonly #rows: FileRows;
  readonly #tickers = new Map<string, number>();
  readonly #ofFiles: Finding[] = [];
  readonly #ofTickers = new TickerFindings();
  readonly #unreadable: FamilySurvey["unreadable"][number][] = [];
  /** The first and the last one of each ticker. */
  readonly #dates = new Set<string>();

  constructor(request: FamilyBars["request"]) {
    this.#request = request;
    this.#rows = new FileRows(request.dataset);
  }

  addNotes({ key, size, etag, date }: DatedObject, { failures, warning }: FamilyNotes): void {
    if (warning !== undefined) {
      const of = { kind: "odd-file", severity: "warning", dates: [date] } as const;
      this.#ofFiles.push({ ...of, text: warning });
    }
    for (const [ticker, failure] of Object.entries(failures)) {
      this.#unreadable.push({ key, size, etag, date, ticker, failure });
      if (!this.#tickers.has(ticker)) this.#tickers.set(ticker, 0);
    }
  }

  addTicker(ticker: string, all: readonly DatedRows[]): void {
    let count = 0;
    for (const one of all) {
      const seen = this.#rows.lookAt(one.date, one);
      count += seen.count;
      this.#ofTickers.add(ticker, seen.findings);
      // Of a day the date of its file counts, so a stamp of another one does no harm.
      if (this.#request.dataset.interval === "1d") continue;
      this.#ofTickers.add(ticker, this.#rows.stampFindingsOf(one.date, one));
    }
    const own = { count, from: all[0]!.date, to: all.at(-1)!.date };
    const spanned = hasFileBars(this.#request) ? own : spanOfBars(this.#resampled(all));
    this.#tickers.set(ticker, spanned.count);
    for (const date of [spanned.from, spanned.to]) if (date !== null) this.#dates.add(date);
  }

  survey(): FamilySurvey {
    const dates = [...this.#dates].sort();
    return {
      tickers: this.#tickers,
      count: this.#tickers.values().reduce((sum, bars) => sum + bars, 0),
      from: dates[0] ?? null,
      to: dates.at(-1) ?? null,
      findings: [...this.#ofFiles, ...this.#ofTickers.all()],
      unreadable: this.#unreadable,
    };
  }

  #resampled(all: readonly DatedRows[]): Iterable<Bar> {
    const bars = all.flatMap((one) => this.#rows.barsOf(one.date, one));
    return resample(bars, this.#request.interval, this.#request);
  }
}

/** Bars of a family that contradict themselves or each other, and stamps of other dates. */
export async function familyDefects(
  family: FamilyBars,
  recorded: readonly DatedObject[],
): Promise<Finding[]> {
  const { dataset } = family.request;
  const read = new FileRows(dataset);
  const findings = new TickerFindings();
  const giveWay = givingWay();
  for (const { ticker, rows } of membersOf(family, recorded)) {
    await giveWay();
    const bars = rows.flatMap((one) => read.barsOf(one.date, one));
    const ofBars = checkBars(bars, dataset).filter(({ kind }) => kind !== "stamp-outside-date");
    findings.add(ticker, ofBars);
    // Those of minutes are in what a family comes to.
    if (dataset.interval !== "1d") continue;
    for (const one of rows) findings.add(ticker, read.stampFindingsOf(one.date, one));
  }
  return findings.all();
}

/** Findings of several tickers, of which those that are alike are one, however many they are. */
class TickerFindings {
  readonly #found = new Map<string, { finding: Finding; ticker: string; others: number }>();

  /** @param findings each of one date. */
  add(ticker: string, findings: readonly Finding[]): void {
    for (const finding of findings) {
      const id = `${finding.kind} ${finding.dates}`;
      const one = this.#found.get(id);
      if (one === undefined) this.#found.set(id, { finding, ticker, others: 0 });
      else one.others++;
    }
  }

  all(): Finding[] {
    return [...this.#found.values()].map(({ finding, ticker, others }) => {
      const more = others === 0
        ? ""
        : `; so have ${others} more ${others === 1 ? "ticker" : "tickers"}`;
      return { ...finding, text: `${ticker}: ${finding.text}${more}` };
    });
  }
}
