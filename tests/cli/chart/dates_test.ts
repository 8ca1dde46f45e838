import { assert, assertEquals, assertMatch } from "@std/assert";
import { renderDates } from "../../../lib/cli/chart/dates.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import { tradingDays } from "../../../fixtures/calendar.ts";

function dates(times: readonly string[], { pitch = 1, every = 1 } = {}): string[] {
  const moments = times.filter((_, i) => i % every === 0)
    .map((time, i) => ({ column: i * pitch, time }));
  const width = moments.at(-1)!.column + 1;
  return renderDates(moments, { width, room: width + 9, style: PLAIN });
}

const days = (from: string, to: string) => [...tradingDays(from, to)];

Deno.test("renderDates() labels a week by its days", () => {
  assertEquals(dates(days("2025-10-24", "2025-10-31"), { pitch: 8 }), [
    "+-------+-------+-------+-------+-------+",
    "Oct 24  Oct 27  Oct 28  Oct 29  Oct 30  Oct 31",
  ]);
});

Deno.test("renderDates() labels a month by its weeks, and a part of one gives way", () => {
  assertEquals(dates(days("2025-10-02", "2025-10-31"), { pitch: 2 }), [
    "----+---------+---------+---------+--------",
    "    Oct 6     Oct 13    Oct 20    Oct 27",
  ]);
});

Deno.test("renderDates() labels a year by its months, and January by the year", () => {
  assertEquals(
    dates(days("2024-11-01", "2025-10-31"), { every: 4 }),
    [
      "+----+-----+----+---+-----+----+----+----+-----+----+----+-----",
      "Nov  Dec   2025 Feb Mar   Apr  May  Jun  Jul   Aug  Sep  Oct",
    ],
  );
});

Deno.test("renderDates() labels many years by some of them", () => {
  const firsts = Array.from({ length: 60 }, (_, i) => `${1966 + i}-01-03`);
  assertEquals(dates(firsts), [
    "----+----+----+----+----+----+----+----+----+----+----+----+",
    "    1970 1975 1980 1985 1990 1995 2000 2005 2010 2015 2020 2025",
  ]);
});

Deno.test("renderDates() labels a day by its hours, and the next day by its date", () => {
  const times = ["2024-03-07", "2024-03-08"].flatMap((date) =>
    Array.from({ length: 14 }, (_, i) => {
      const minutes = 570 + 30 * i;
      const text = (n: number) => String(n).padStart(2, "0");
      return `${date}T${text(Math.floor(minutes / 60))}:${text(minutes % 60)}`;
    })
  );
  assertEquals(dates(times, { pitch: 2 }), [
    "--+-------+-------+---------+---------+-------+-------+",
    "  10:00   12:00   14:00     Mar 8     12:00   14:00   16:00",
  ]);
});

Deno.test("renderDates() has labels that do not touch", () => {
  const all = days("2004-01-01", "2025-10-31");
  for (const count of [2, 3, 10, 60, 250, 1255, all.length]) {
    for (const room of [10, 33, 66, 180]) {
      const every = Math.ceil(count / room);
      const [axis, labels] = dates(all.slice(-count), { every }) as [string, string];
      const starts = Array.from(axis.matchAll(/\+/g), ({ index }) => index);
      for (const start of starts) assertMatch(labels.slice(Math.max(0, start - 1)), /^ ?[A-Z\d]/);
      assert(starts.length <= room / 4 + 1);
    }
  }
});
