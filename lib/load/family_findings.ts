/**
 * What a user should know about the bars of a family: one finding a kind and date for all of its
 * tickers, however many there are.
 *
 * @module
 */

import { givingWay } from "../concurrency/give_way.ts";
import type { DatedObject } from "../dated_object.ts";
import { checkBars } from "../market/bar_defects.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import type { Finding } from "../market/finding.ts";
import { type FamilyBars, membersOf } from "./loaded_family.ts";

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

/** Findings of several tickers, of which those that are alike are one. */
export class TickerFindings {
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
