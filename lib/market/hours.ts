/**
 * The clocks that assets are traded by: their time zone, and the hours of the exchanges.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import type { Asset } from "./symbol.ts";

/** Which part of a day bars are taken from: all of it, or the exchanges' regular session. */
export type Hours = "all" | "regular";

/** The zone in which an asset's days, weeks and months begin. */
export type Zone = "America/New_York" | "UTC";

const ZONES: Readonly<Record<Asset, Zone>> = {
  stock: "America/New_York",
  option: "America/New_York",
  index: "America/New_York",
  forex: "UTC",
  crypto: "UTC",
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OPEN_MS = 9.5 * HOUR_MS;
const CLOSE_MS = 16 * HOUR_MS;
const EARLY_CLOSE_MS = 13 * HOUR_MS;

/** The zone of an asset. */
export function zoneOf(asset: Asset): Zone {
  return ZONES[asset];
}

/**
 * Reads which hours are asked for, in any case.
 *
 * @throws {UsageError} when the text is neither `all` nor `regular`.
 */
export function parseHours(text: string): Hours {
  const hours = text.trim().toLowerCase();
  if (hours === "all" || hours === "regular") return hours;
  throw new UsageError(`Cannot read hours ${quote(text)}: want all or regular`);
}

/**
 * Makes sure that an asset has such hours.
 *
 * @param name what the error calls it.
 * @throws {UsageError} for the regular hours of what is traded around the clock.
 */
export function checkHours(hours: Hours, asset: Asset, name: string = asset): void {
  if (hours === "all" || zoneOf(asset) !== "UTC") return;
  throw new UsageError(
    `Cannot use regular hours for ${name}: ${asset} has none, it is traded around the clock`,
  );
}

/** A regular session: from its opening to the millisecond after its end, since the epoch. */
export interface Session {
  readonly openMs: number;
  readonly closeMs: number;
}

/**
 * Finds the regular session that a moment, in milliseconds since the epoch, is in: from 09:30
 * to before 16:00 in New York, or to before 13:00 on a day of an early close. `undefined`
 * outside of it. Stocks, options and indices have the same.
 *
 * A date is looked at once, so ascending moments are fast.
 */
export function regularSessions(): (startMs: number) => Session | undefined {
  const offsetAt = newYorkOffsets();
  let today = { midnightMs: NaN, openMs: 0, closeMs: 0 };
  return (startMs) => {
    const offsetMs = offsetAt(startMs);
    const midnightMs = Math.floor((startMs + offsetMs) / DAY_MS) * DAY_MS;
    // No clock changes between the two ends of a session, so one offset serves for both.
    const openMs = midnightMs + OPEN_MS - offsetMs;
    if (midnightMs !== today.midnightMs || openMs !== today.openMs) {
      const end = closesEarly(new Date(midnightMs)) ? EARLY_CLOSE_MS : CLOSE_MS;
      today = { midnightMs, openMs, closeMs: midnightMs + end - offsetMs };
    }
    return today.openMs <= startMs && startMs < today.closeMs ? today : undefined;
  };
}

/**
 * Whether New York's exchanges close at 13:00 on a date, which is given as its midnight in
 * UTC: on the Friday after Thanksgiving, and on July 3 and December 24 where they are a Monday
 * to a Thursday, since the holiday itself is on the next day then. 2003-12-26 was the one
 * such day besides, of those that files exist for.
 *
 * @see NYSE Rule 7.2 and the exchange's yearly "Holidays and Trading Hours".
 */
function closesEarly(date: Date): boolean {
  const [month, day, weekday] = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay()];
  const isEve = (month === 7 && day === 3) || (month === 12 && day === 24);
  if (isEve) return 1 <= weekday && weekday <= 4;
  if (month === 11) return weekday === 5 && 23 <= day && day <= 29;
  return date.getTime() === Date.UTC(2003, 11, 26);
}

/** Tells the midnight that a date begins with in a zone, in milliseconds since the epoch. */
export function midnights(zone: Zone): (date: string) => number {
  if (zone === "UTC") return Date.parse;
  const offsetAt = newYorkOffsets();
  return (date) => {
    const utcMs = Date.parse(date);
    // New York's midnight, or an hour after it: its clock changes at two.
    return utcMs - offsetAt(utcMs + 5 * HOUR_MS);
  };
}

/** Tells New York's offset at a moment; the zone is asked once between two changes of its clock. */
function newYorkOffsets(): (ms: number) => number {
  const clocks: Clock[] = [];
  return (ms) => {
    let clock = clocks.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
    if (clock === undefined) clocks.unshift(clock = clockAt(ms));
    return clock.offsetMs;
  };
}

/** An offset, and from when until when it holds. */
interface Clock {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

function clockAt(ms: number): Clock {
  // The change that comes at the very moment is the one before.
  const then = Temporal.Instant.fromEpochMilliseconds(ms + 1).toZonedDateTimeISO(ZONES.stock);
  const [fromMs = -Infinity, untilMs = Infinity] = (["previous", "next"] as const)
    .map((direction) => then.getTimeZoneTransition(direction)?.epochMilliseconds);
  return { fromMs, untilMs, offsetMs: then.offsetNanoseconds / 1e6 };
}
