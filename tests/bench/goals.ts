/**
 * What must be reached, as ratios within one run, and whether it is.
 *
 * @module
 */

import { STOCK_DAYS } from "./data.ts";
import { PEER_IDS } from "./peers.ts";
import { FIXED_LIMITS } from "./scenarios.ts";
import { markdown, type Medians, type Results } from "./table.ts";

/** One thing to reach. */
interface Goal {
  readonly what: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly unit: "×" | "%" | "MB";
  /** What was reached; NaN when a scenario that it needs was not measured. */
  readonly reached: (of: Of) => number;
}

/** A scenario's medians; each is NaN when it was not measured. */
type Of = (id: string) => Medians;

/** Wall time of files that take 0.1 s each, twenty at a time. */
const IDEAL_S = STOCK_DAYS.dates.length / 20 * 0.1;

const GOALS: readonly Goal[] = [
  atLeast(10, "cold, against boto3 and DictReader", (of) => wall(of, "boto3-csv", "cold")),
  atLeast(3, "cold, against the fastest other peer", (of) => fastestPeer(of) / of("cold").wallS),
  atMost(2.2, "cold, against downloading alone", (of) => wall(of, "cold", "alone")),
  atMost(1.3, "500 symbols cold, against one", (of) => wall(of, "500", "cold")),
  atMost(0.7, "second symbol, against the first", (of) => wall(of, "second", "cold")),
  atLeast(5, "second symbol from kept files, against one from a lake", (of) => (
    wall(of, "second", "lake-date")
  )),
  atMost(10.5, "12,550 files against 1,255, time", (of) => wall(of, "12550", "cold-unkept")),
  atMost(1.5, "12,550 files against 1,255, memory", (of) => peak(of, "12550", "cold-unkept")),
  atMost(
    1.15,
    "100 ms latency, -j 20, against files ÷ 20 × 0.1 s",
    (of) => of("latency-100-j20").wallS / IDEAL_S,
  ),
  atLeast(
    2,
    "100 ms latency, -j auto against -j 20",
    (of) => wall(of, "latency-100-j20", "latency-100-jauto"),
  ),
  atMost(
    1.2,
    "throttling server, -j auto against the best fixed limit",
    (of) => of("throttled-jauto").wallS / bestFixed(of),
  ),
  share(2, "throttling server, -j auto, GETs throttled after the first second", "throttled-jauto"),
  share(3, "journal's share of a cold run's wall time", "journal"),
  atLeast(1, "minutes to Parquet, against s5cmd and DuckDB", (of) => (
    wall(of, "duckdb-minutes", "export-minutes")
  )),
  atLeast(4, "minutes to Parquet, against s5cmd and pandas", (of) => (
    wall(of, "pandas-minutes", "export-minutes")
  )),
  atLeast(1.2, "days to Parquet by month, against s5cmd and DuckDB", (of) => (
    wall(of, "duckdb-days", "export-days")
  )),
  memory(400, "peak memory, minutes to Parquet", "export-minutes"),
  memory(250, "peak memory, cold, -j 20", "cold"),
  memory(400, "peak memory, cold, -j 64", "j64"),
  memory(500, "peak memory, 60 files of minutes, -j 20", "minutes"),
  atMost(8, "a hit, against an empty program", (of) => wall(of, "hit", "empty")),
  atMost(4, "--help, against an empty program", (of) => wall(of, "help", "empty")),
];

/** The second table. */
export function goalTable(results: Results): string[] {
  const of: Of = (id) => results.get(id) ?? NOT_MEASURED;
  const rows = GOALS.map(({ what, bound, limit, unit, reached }) => {
    const found = reached(of);
    if (Number.isNaN(found)) return [what, `${bound} ${limit} ${unit}`, "not measured", ""];
    const isReached = bound === "at most" ? found <= limit : found >= limit;
    const text = `${found.toFixed(unit === "MB" ? 0 : 2)} ${unit}`;
    return [what, `${bound} ${limit} ${unit}`, text, isReached ? "yes" : "**no**"];
  });
  return markdown(["what must be reached", "goal", "measured", "reached"], rows);
}

const NOT_MEASURED: Medians = {
  wallS: NaN,
  spread: NaN,
  cpuS: NaN,
  peakMb: NaN,
  requests: NaN,
  megabytes: NaN,
  share: NaN,
};

function atLeast(limit: number, what: string, reached: Goal["reached"]): Goal {
  return { what, bound: "at least", limit, unit: "×", reached };
}

function atMost(limit: number, what: string, reached: Goal["reached"]): Goal {
  return { what, bound: "at most", limit, unit: "×", reached };
}

function share(limit: number, what: string, id: string): Goal {
  return { what, bound: "at most", limit, unit: "%", reached: (of) => 100 * of(id).share! };
}

function memory(limit: number, what: string, id: string): Goal {
  return { what, bound: "at most", limit, unit: "MB", reached: (of) => of(id).peakMb };
}

function wall(of: Of, above: string, below: string): number {
  return of(above).wallS / of(below).wallS;
}

function peak(of: Of, above: string, below: string): number {
  return of(above).peakMb / of(below).peakMb;
}

/** Of the peers that are here, without the one that has a goal of its own. */
function fastestPeer(of: Of): number {
  return fastest(of, PEER_IDS.filter((id) => id !== "boto3-csv"));
}

function bestFixed(of: Of): number {
  return fastest(of, FIXED_LIMITS.map((limit) => `throttled-j${limit}`));
}

function fastest(of: Of, ids: readonly string[]): number {
  const walls = ids.map((id) => of(id).wallS).filter((wallS) => !Number.isNaN(wallS));
  return walls.length === 0 ? NaN : Math.min(...walls);
}
