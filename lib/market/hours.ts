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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OPEN_MS = (9 * 60 + 30) * MINUTE_MS;
const CLOSE_MS = 16 * 60 * MINUTE_MS;

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

/**
 * Tells whether a bar that starts at a moment, in milliseconds since the epoch, is of the
 * regular session: 09:30 ≤ start < 16:00 in New York. A day that ends early needs no rule
 * of its own, since it has no bars after its end.
 *
 * The zone is asked once between two changes of its clock, so ascending moments are fast.
 */
export function regularSession(): (startMs: number) => boolean {
  let known = { fromMs: Infinity, untilMs: -Infinity, offsetMs: 0 };
  return (startMs) => {
    if (startMs < known.fromMs || startMs >= known.untilMs) known = offsetAt(startMs);
    const sinceEpoch = startMs + known.offsetMs;
    const ofDay = sinceEpoch - Math.floor(sinceEpoch / DAY_MS) * DAY_MS;
    return OPEN_MS <= ofDay && ofDay < CLOSE_MS;
  };
}

/** New York's offset at a moment, and from there until when it holds. */
function offsetAt(ms: number) {
  const then = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONES.stock);
  const change = then.getTimeZoneTransition("next");
  return {
    fromMs: ms,
    untilMs: change?.epochMilliseconds ?? Infinity,
    offsetMs: then.offsetNanoseconds / 1e6,
  };
}
