/**
 * The span of time, and the length of its bars.
 *
 * @module
 */

import { parseInterval } from "../../market/interval.ts";
import { resolvePeriod } from "../../market/period.ts";
import type { RequestOptions } from "../../../mod.ts";
import type { SharedGroup } from "../command_spec.ts";

/** Options of every command that is about bars. */
export const SPAN: SharedGroup<RequestOptions> = {
  title: "Span",
  options: [
    {
      name: "period",
      short: "p",
      value: {
        name: "PERIOD",
        example: "5y",
        completion: ["5d", "2wk", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
      },
      help: "how far back: 5d 2wk 6mo 5y ytd max (default 5y; 2y for crypto)",
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
      value: { name: "INTERVAL", example: "1d", completion: ["1d"] },
      help: "length of a bar: 1d (default 1d)",
    },
  ],
  read({ text }) {
    const request = {
      period: text("period"),
      from: text("from"),
      to: text("to"),
      interval: text("interval"),
    };
    check(request);
    return request;
  },
};

/** Finds a mistake before anything is read or announced. */
function check(request: RequestOptions): void {
  if (request.interval !== undefined) parseInterval(request.interval);
  resolvePeriod(request, { period: "5y", today: "9999-12-31", firstDate: "0001-01-01" });
}
