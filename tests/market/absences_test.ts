import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { tradingDays } from "../../fixtures/flat_files.ts";
import { mix, unit } from "../../fixtures/random.ts";
import { checkAbsences, type TickerDay } from "../../lib/market/absences.ts";
import type { Asset } from "../../lib/market/symbol.ts";

const DATES = tradingDays("2020-11-02", "2025-10-31");

/** One letter a file: `x` it has bars, `.` none, `?` not at hand. */
function days(pattern: string): TickerDay[] {
  const has = { x: "bars", ".": "none", "?": "unknown" } as const;
  return [...pattern].map((letter, i) => ({ date: DATES[i]!, has: has[letter as "x"] }));
}

/** The pattern with `n`, `g`, `b`, `a` or `!` for each date that a finding names. */
function marked(pattern: string): string {
  const marks = {
    "no-bar": "n",
    "gap": "g",
    "before-first-bar": "b",
    "after-last-bar": "a",
    "never": "!",
  } as const;
  const letters = [...pattern];
  for (const { kind, dates } of checkAbsences(days(pattern))) {
    for (const date of dates) {
      const at = DATES.indexOf(date);
      assertEquals(letters[at], ".", "each date comes once");
      letters[at] = marks[kind as "gap"];
    }
  }
  return letters.join("");
}

const x = (count: number) => "x".repeat(count);

Deno.test("checkAbsences() finds nothing where every file has the ticker", () => {
  assertEquals(checkAbsences(days(x(1_255))), []);
  assertEquals(checkAbsences([]), []);
  assertEquals(checkAbsences(days("???")), []);
});

Deno.test("checkAbsences() takes one missing date of a ticker that is in every other file for a gap", () => {
  const found = checkAbsences(days(`${x(600)}.${x(600)}`));
  assertEquals(found, [{
    kind: "gap",
    severity: "warning",
    dates: [DATES[600]!],
    text: "no bar in 1 file; every other file has one",
  }]);
});

Deno.test("checkAbsences() takes two in a row for the habit of a ticker that lacks dates now and then, and three for a gap", () => {
  const spotty = `${x(400)}.${x(400)}`;
  assertEquals(marked(`${spotty}..${x(300)}`), `${x(400)}n${x(400)}nn${x(300)}`);
  assertEquals(marked(`${spotty}...${x(300)}`), `${x(400)}n${x(400)}ggg${x(300)}`);
});

Deno.test("checkAbsences() finds a gap of a ticker that lacks every third day only after weeks", () => {
  const habit = "xx.".repeat(200);
  const longest = (count: number) => marked(`${habit}x${".".repeat(count)}${habit}`);
  assert(!longest(10).includes("g"));
  assert(longest(20).includes("g".repeat(20)));
});

Deno.test("checkAbsences() finds two long gaps, neither of which is the other's habit", () => {
  const gap = ".".repeat(10);
  const marks = marked(x(400) + gap + x(400) + gap + x(400));
  assertEquals(marks, x(400) + "g".repeat(10) + x(400) + "g".repeat(10) + x(400));
});

Deno.test("checkAbsences() finds no gap before the first bar and after the last one", () => {
  const found = checkAbsences(days(`${".".repeat(100)}${x(300)}${".".repeat(50)}`));
  assertEquals(
    found.map(({ kind, severity, dates, text }) => [kind, severity, dates.length, text]),
    [
      [
        "before-first-bar",
        "note",
        100,
        `no bar before ${DATES[100]} (100 files): not listed, or under another ticker`,
      ],
      [
        "after-last-bar",
        "note",
        50,
        `no bar after ${DATES[399]} (50 files): delisted, or under another ticker`,
      ],
    ],
  );
});

Deno.test("checkAbsences() takes a ticker that is often absent for listed when the newest files lack it", () => {
  const habit = "xx.".repeat(100);
  assertEquals(marked(`.${habit}x..`), `n${habit.replaceAll(".", "n")}xnn`);
  assert(marked(`${habit}x${".".repeat(30)}`).endsWith("a".repeat(30)));
  assertEquals(marked(`.${x(100)}.`), `b${x(100)}a`);
});

Deno.test("checkAbsences() warns of a ticker that is in no file", () => {
  assertEquals(checkAbsences(days("?..?.")), [{
    kind: "never",
    severity: "warning",
    dates: [DATES[1]!, DATES[2]!, DATES[4]!],
    text: "the ticker is in none of the 3 files that are cached",
  }]);
});

Deno.test("checkAbsences() tells no habit from fewer than twenty days", () => {
  assertEquals(marked(`${x(10)}.${x(9)}`), `${x(10)}n${x(9)}`);
  assertEquals(marked(`${x(10)}.${x(10)}`), `${x(10)}g${x(10)}`);
});

Deno.test("checkAbsences() says of a stock's gap of a month that the ticker may be another company's", () => {
  const textOf = (pattern: string, asset?: Asset) =>
    checkAbsences(days(pattern), { asset }).flatMap(({ kind, text }) =>
      kind === "gap" ? [text] : []
    );
  const where = (from: number, files: number) =>
    `no bar from ${DATES[from]} to ${DATES[from + files - 1]} (${files} files)`;
  const another = ": before, the ticker may have been another company's";
  const gap = (files: number) => ".".repeat(files);
  assertEquals(textOf(`${x(50)}${gap(19)}${x(50)}`), [
    `${where(50, 19)}; every other file has one`,
  ]);
  assertEquals(textOf(`${x(50)}${gap(20)}${x(50)}`), [where(50, 20) + another]);
  // Of few days with bars as well: before a change of the company there may be no more.
  assertEquals(textOf(`${x(5)}${gap(93)}${x(8)}`), [where(5, 93) + another]);
  assertEquals(textOf(`${x(5)}${gap(19)}${x(8)}`), []);
  // Of a company that is followed they cannot be another's.
  const isFollowed = true;
  const followed = checkAbsences(days(`${x(50)}${gap(20)}${x(50)}`), { isFollowed });
  assertEquals(followed.map(({ text }) => text), [`${where(50, 20)}; every other file has one`]);
  for (const asset of ["option", "crypto", "forex", "index"] as const) {
    assertEquals(textOf(`${x(50)}${gap(20)}${x(50)}`, asset), [
      `${where(50, 20)}; every other file has one`,
    ]);
    assertEquals(textOf(`${x(5)}${gap(93)}${x(8)}`, asset), []);
  }
});

Deno.test("checkAbsences() lets a file that is not at hand end a run", () => {
  const spotty = `${x(200)}.${x(200)}.${x(200)}`;
  assertEquals(marked(`${spotty}.....${x(50)}`).match(/g+/)?.[0], "ggggg");
  assert(!marked(`${spotty}..?..${x(50)}`).includes("g"));
});

Deno.test("checkAbsences() takes chance absences, of which there is more than one, for a gap in at most one ticker in a hundred", () => {
  for (const rate of [0.002, 0.01, 0.05, 0.2, 0.5, 0.8]) {
    let tickersWithGap = 0;
    for (let ticker = 0; ticker < 300; ticker++) {
      const hash = mix(ticker, Math.round(rate * 1_000));
      const pattern = DATES.map((_, i) => unit(hash, i) < rate ? "." : "x").join("");
      const isAlone = pattern.split(".").length === 2;
      if (!isAlone && marked(pattern).includes("g")) tickersWithGap++;
    }
    assertLessOrEqual(tickersWithGap, 3, `at a rate of ${rate}`);
  }
});
