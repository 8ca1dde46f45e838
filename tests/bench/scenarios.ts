/**
 * What is measured of the program itself: its main job, what it saves the next time, its
 * limits of time and memory, and the floors that they are compared with.
 *
 * @module
 */

import { FILES_BYTES, STOCK_DAYS, STOCK_MINUTES } from "./data.ts";
import { deno, flatfetch, hasBars, interruptAfter } from "./flatfetch.ts";
import { measure } from "./measure.ts";
import type { Ended, Place, Scenario } from "./scenario.ts";

const { dates } = STOCK_DAYS;
const TO = ["--to", dates.at(-1)!];
const TO_THE_DAY_BEFORE = ["--to", dates.at(-2)!];
/** Five years, then nine more times the same days later on. */
const COPIES = 10;
const ALL_COPIES = ["--from", dates[0]!, "--to", `2097${dates.at(-1)!.slice(4)}`];

/** Its main job on 1,255 files, and what that saves the next time. */
const JOBS: readonly Scenario[] = [
  job("cold", "one symbol, cold", ["TSLA", ...TO], {
    run: (place) => flatfetch(place, ["TSLA", ...TO, "-o", `${place.folder}/rows.csv`]),
  }),
  job("second", "second symbol, from kept files", ["AAPL", ...TO], { after: ["TSLA", ...TO] }),
  ofLake("lake-date", "one symbol, from a lake by date", []),
  ofLake("lake-month", "one symbol, from a lake by month", ["--by", "month"]),
  job("hit", "hit", ["TSLA", ...TO], { after: ["TSLA", ...TO] }),
  job("top-up", "top-up by one day", ["TSLA", ...TO, "--max-age", "0"], {
    after: ["TSLA", ...TO_THE_DAY_BEFORE],
  }),
  job("resume", "resume, interrupted at 60 %", ["TSLA", ...TO], {
    prepare: (place) => {
      const invocation = flatfetch(place, ["TSLA", ...TO, "--progress-every", "50"]);
      return interruptAfter(0.6 * dates.length, invocation);
    },
  }),
  job("500", "500 symbols, cold", TO, {
    prepare: (place) => Deno.writeTextFile(symbolsPath(place), manySymbols().join("\n")),
    run: (place) => flatfetch(place, ["--symbols", symbolsPath(place), ...TO]),
    bars: () => manySymbols().reduce((sum, ticker) => sum + STOCK_DAYS.truth(ticker).length, 0),
  }),
];

/** How it grows with the files, their size and the files at once. */
const SIZES: readonly Scenario[] = [
  job("cold-unkept", "one symbol, cold, files not kept", ["TSLA", ...TO, "--keep-limit", "0"]),
  job("12550", "12,550 files, not kept", ["TSLA", ...ALL_COPIES, "--keep-limit", "0", "--yes"], {
    server: ["--copies", String(COPIES)],
    bars: () => COPIES * dates.length,
  }),
  job("j64", "one symbol, cold, -j 64", ["TSLA", ...TO, "-j", "64"]),
  job("minutes", "60 files of minutes", [
    ...["TSLA", "-i", "1m", "--from", STOCK_MINUTES.dates[0]!, "--to", STOCK_MINUTES.dates.at(-1)!],
  ], { bars: () => STOCK_MINUTES.truth("TSLA").length }),
];

/** A far server. With one file at once the period is shorter. */
const LATENCIES: readonly Scenario[] = [20, 100].flatMap((ms) => {
  const server = ["--latency", String(ms)];
  const few = dates.slice(-63);
  return [
    job(`latency-${ms}-j1`, `${ms} ms latency, -j 1, ${few.length} files`, [
      ...["TSLA", ...TO, "--from", few[0]!, "--keep-limit", "0", "-j", "1"],
    ], { server, bars: () => few.length }),
    ...["20", "auto"].map((limit) =>
      job(`latency-${ms}-j${limit}`, `${ms} ms latency, -j ${limit}`, [
        ...["TSLA", ...TO, "--keep-limit", "0", "-j", limit],
      ], { server })
    ),
  ];
});

/** The limits that the throttling server is met with. */
export const FIXED_LIMITS = [16, 24, 32, 48] as const;

/** A server that answers 503 to what is more than 32 at once. */
const THROTTLED: readonly Scenario[] = [...FIXED_LIMITS, "auto"].map((limit) =>
  job(`throttled-j${limit}`, `100 ms latency, throttled above 32, -j ${limit}`, [
    ...["TSLA", ...TO, "--keep-limit", "0", "-j", String(limit)],
  ], {
    server: ["--latency", "100", "--throttle-above", "32"],
    share: { of: "GETs throttled after the first second", take: (it) => it.traffic.throttled },
  })
);

/** The same work with a watch on the journal. */
const JOURNAL = job("journal", "one symbol, cold, journal timed", ["TSLA", ...TO], {
  run: (place) => {
    const timed = deno("tests/bench/journal_share.ts", journalMsPath(place));
    return flatfetch(place, ["TSLA", ...TO], timed);
  },
  share: { of: "wall time in the journal", take: journalShare },
});

/** What nothing can be faster than. */
const FLOORS: readonly Scenario[] = [
  {
    id: "alone",
    title: "the same files downloaded alone",
    leavesBytes: 0,
    run: ({ url }) => deno("tests/bench/download_alone.ts", url, `${STOCK_DAYS.dataset}/`),
  },
  { id: "help", title: "--help", leavesBytes: 0, run: () => deno("cli.ts", "--help") },
  {
    id: "empty",
    title: "an empty program",
    leavesBytes: 0,
    run: () => deno("tests/bench/empty.ts"),
  },
];

/** Every scenario of the program itself. */
export const OURS: readonly Scenario[] = [
  ...[...JOBS, ...SIZES, JOURNAL, ...FLOORS, ...LATENCIES, ...THROTTLED],
];

/** What a job has besides its command line. */
interface Job extends Pick<Scenario, "server" | "prepare" | "share"> {
  /** The command line that has to have run before. */
  readonly after?: readonly string[];
  /** @default {the command line} */
  readonly run?: Scenario["run"];
  /** @default {one a day} */
  readonly bars?: () => number;
}

function job(id: string, title: string, args: readonly string[], options: Job = {}): Scenario {
  const { after, bars = () => dates.length, ...rest } = options;
  return {
    id,
    title,
    leavesBytes: args.includes("--keep-limit") ? 0 : FILES_BYTES,
    run: (place) => flatfetch(place, args),
    check: hasBars(bars),
    ...(after && { prepare: (place) => measure(flatfetch(place, after)) }),
    ...rest,
  };
}

/** A job on a lake of the same files. */
function ofLake(id: string, title: string, layout: readonly string[]): Scenario {
  const lakeOf = ({ folder }: Place) => `${folder}/lake`;
  const line = ["AAPL", ...TO];
  return {
    ...job(id, title, line),
    leavesBytes: 2 * FILES_BYTES,
    prepare: async (place) => {
      const args = ["export", STOCK_DAYS.dataset, "--from", dates[0]!, ...TO, ...layout];
      await measure(flatfetch(place, [...args, "--into", lakeOf(place)]));
    },
    run: (place) => flatfetch(place, [...line, "--from-lake", lakeOf(place)]),
  };
}

/** Five hundred of the tickers that have a bar on the first day. */
function manySymbols(): readonly string[] {
  const tickers = STOCK_DAYS.file(dates[0]!).text.match(/^[A-Z]{2,5}(?=,)/gm) ?? [];
  const step = Math.floor(tickers.length / 500);
  return tickers.filter((_, i) => i % step === 0).slice(0, 500);
}

function symbolsPath({ folder }: Place): string {
  return `${folder}/symbols.txt`;
}

function journalMsPath({ folder }: Place): string {
  return `${folder}/journal_ms`;
}

async function journalShare({ place, measure }: Ended): Promise<number> {
  return Number(await Deno.readTextFile(journalMsPath(place))) / 1000 / measure.wallS;
}
