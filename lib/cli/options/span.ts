/**
 * Which bars: the span of time, their length, and what the symbols stand for.
 *
 * @module
 */

import { parseHours } from "../../market/hours.ts";
import { INTERVALS, parseInterval } from "../../market/interval.ts";
import { resolvePeriod } from "../../market/period.ts";
import { ASSETS, parseAsset } from "../../market/symbol.ts";
import type { Given, SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command that is about bars. */
export const SPAN = {
  title: "Bars",
  options: [
    {
      name: "period",
      short: "p",
      value: {
        name: "PERIOD",
        example: "5y",
        completion: ["5d", "2wk", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
      },
      help:
        "how far back, in calendar days: 5d 2wk 6mo 5y ytd max (default 5y; crypto 2y; minutes and hours 1mo, " +
        "of indices 5d)",
    },
    {
      name: "from",
      value: { name: "DATE", example: "2020-01-01", completion: "date" },
      help: "first date, instead of a period",
    },
    {
      name: "to",
      value: { name: "DATE", example: "2025-11-01", completion: "date" },
      help: "last date of the span or period (default today, UTC)",
    },
    {
      name: "interval",
      short: "i",
      value: { name: "INTERVAL", example: "1d", completion: INTERVALS },
      help: `length of a bar: ${INTERVALS.join(" ")} (default 1d)`,
    },
    {
      name: "hours",
      value: { name: "HOURS", example: "regular", completion: ["all", "regular"] },
      help: "all, or regular for New York's session, 09:30 to 16:00 (13:00 on half days), with " +
        "bars of up to 1h counted from 09:30 (default all)",
    },
    {
      name: "asset",
      value: { name: "ASSET", example: "stock", completion: ASSETS },
      help: `what the symbols are, where their form says otherwise: ${ASSETS.join(" ")}`,
    },
  ],
  read(given) {
    const { text } = given;
    const [interval, hours, asset] = [text("interval"), text("hours"), text("asset")];
    if (interval !== undefined) parseInterval(interval);
    if (hours !== undefined) parseHours(hours);
    if (asset !== undefined) parseAsset(asset);
    return { ...readPeriod(given, "5y"), interval, hours, asset };
  },
} satisfies SharedGroup;

/** The span of time that is given, in which a mistake is found before anything is announced. */
export function readPeriod({ text }: Given, period: string) {
  const request = { period: text("period"), from: text("from"), to: text("to") };
  resolvePeriod(request, { period, today: "9999-12-31", firstDate: "0001-01-01" });
  return request;
}
