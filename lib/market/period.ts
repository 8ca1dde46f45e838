/**
 * A period: a closed span of dates, by its length or by its two ends.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";

/** A span of dates, both ends included. */
export interface Period {
  /** `"5y"`, or `"2020-01-01_2020-12-31"` for a span that was given by its ends. */
  readonly name: string;
  /** The first date, `YYYY-MM-DD`. */
  readonly from: string;
  /** The last date, `YYYY-MM-DD`. */
  readonly to: string;
}

/** What a period can be given by. */
export interface PeriodRequest {
  /** A length such as `5d`, `2wk`, `6mo`, `5y`, or `ytd`, `max`. Not together with `from`. */
  readonly period?: string | undefined;
  /** The first date. */
  readonly from?: string | undefined;
  /** The last date. */
  readonly to?: string | undefined;
}

/** What stands in for that which the request leaves open. */
export interface PeriodDefaults {
  /** The length when neither a period nor a first date is given. */
  readonly period: string;
  /** The last date when none is given. */
  readonly today: string;
  /** Where `max` begins, unless it ends before. */
  readonly firstDate: string;
}

const UNITS: Readonly<Record<string, "days" | "weeks" | "months" | "years">> = {
  d: "days",
  wk: "weeks",
  mo: "months",
  y: "years",
};

/**
 * Finds the two ends of a period. A length counts back from its last date, which it
 * includes: `5y` to 2025-11-01 begins on 2020-11-02.
 *
 * @throws {UsageError} when a part cannot be read or the span is empty.
 */
export function resolvePeriod(request: PeriodRequest, defaults: PeriodDefaults): Period {
  const to = request.to === undefined ? defaults.today : parseDate(request.to);
  if (request.from === undefined) {
    const name = (request.period ?? defaults.period).trim().toLowerCase();
    return { name, from: firstDateOf(name, to, defaults.firstDate), to };
  }
  if (request.period !== undefined) {
    throw new UsageError("Cannot use a period together with a first date: give one of them");
  }
  const from = parseDate(request.from);
  if (from > to) {
    const end = request.to === undefined ? `${to}, which is today` : to;
    throw new UsageError(`Cannot use the span ${from} to ${end}: it ends before it begins`);
  }
  return { name: `${from}_${to}`, from, to };
}

/**
 * Reads a date of the form `YYYY-MM-DD`.
 *
 * @throws {UsageError} when the text is none.
 */
export function parseDate(text: string): string {
  if (isDate(text)) return text;
  throw new UsageError(`Cannot read date ${quote(text)}: want ${WANTED_DATE}`);
}

/** How a date is wanted that {@linkcode isDate} refuses. */
export const WANTED_DATE = "a day of the calendar, YYYY-MM-DD";

/** Whether a text is a date of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  return new Date(ms).getUTCDate() === Number(text.slice(8));
}

function firstDateOf(name: string, to: string, firstDate: string): string {
  if (name === "max") return firstDate <= to ? firstDate : "0001-01-01";
  const last = Temporal.PlainDate.from(to);
  if (name === "ytd") return last.with({ month: 1, day: 1 }).toString();
  const [, count, unit] = /^([1-9]\d{0,3})(d|wk|mo|y)$/.exec(name) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UsageError(
      `Cannot read period ${quote(name)}: want one such as 5d, 2wk, 6mo, 5y, ytd or max`,
    );
  }
  const first = last.subtract({ [UNITS[unit]!]: Number(count) }).add({ days: 1 });
  return first.year < 1 ? "0001-01-01" : first.toString();
}
