import { assert, assertEquals } from "@std/assert";
import {
  barsOf,
  daysOf,
  divideFiles,
  filesOfEach,
  type LoadedSymbol,
  sourceBarsOf,
  surveyRows,
} from "../../lib/load/loaded_symbol.ts";
import type { BarRow } from "../../lib/market/bar.ts";
import { FILES, LISTING, loadedOf, recordOf, row, WEEK } from "./loaded_samples.ts";

const filesOfSymbol = (loaded: LoadedSymbol) => divideFiles(loaded, WEEK);

/** Those of the week's files that are recorded as listed. */
const recordedOf = (loaded: LoadedSymbol) => filesOfSymbol(loaded).recorded;

Deno.test("barsOf() has the rows of the files that are recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[1]!), etag: "older" };
  const records = [recordOf(WEEK[3]!, [row(1)]), recordOf(WEEK[0]!), replaced];
  const loaded = loadedOf([...records, recordOf(FILES[0]!)]);
  const bars = [...barsOf(loaded, recordedOf(loaded))];
  assertEquals(bars.map(({ date, timestamp }) => [date, timestamp]), [
    ["2024-03-05", Date.parse("2024-03-05T05:00:00Z")],
    ["2024-03-08", Date.parse("2024-03-08T05:00:00Z")],
  ]);
  const { date: _, timestamp: __, ...numbers } = bars[0]!;
  assertEquals(Object.values(numbers), row(0).slice(1));
});

Deno.test("filesOfEach() has the listed files of each symbol, and those that are recorded", async () => {
  const loaded = [loadedOf([recordOf(WEEK[1]!)]), loadedOf([])];
  const giveWay = () => Promise.resolve();
  const [one, other] = (await filesOfEach(loaded, LISTING, { giveWay })).values();
  assertEquals([one!.files, one!.recorded, other!.recorded], [WEEK, [WEEK[1]], []]);
});

Deno.test("daysOf() has the open and the close of each recorded file with bars", () => {
  const loaded = loadedOf([
    recordOf(WEEK[0]!, []),
    recordOf(WEEK[1]!, [[1, 10, 12, 9, 11, 5, null]]),
    recordOf(WEEK[3]!, [row(3)]),
  ]);
  assertEquals([...daysOf(loaded, recordedOf(loaded))], [
    { date: WEEK[1]!.date, open: 10, close: 11 },
    { date: WEEK[3]!.date, open: 1, close: 1.5 },
  ]);
});

Deno.test("surveyRows() counts what sourceBarsOf() gives, over the files recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[3]!), etag: "older" };
  const records = [recordOf(WEEK[0]!, []), recordOf(WEEK[1]!, [row(1), row(2)]), replaced];
  const loaded = loadedOf([...records, recordOf(WEEK[2]!), recordOf(FILES[0]!)]);
  const recorded = recordedOf(loaded);
  const bars = [...sourceBarsOf(loaded, recorded)];
  assertEquals(bars.map(({ date }) => date), ["2024-03-06", "2024-03-07"]);
  const none = { findings: [], longestAbsence: 0 };
  assertEquals(surveyRows(loaded, recorded), {
    ...{ count: 2, from: "2024-03-06", to: "2024-03-07" },
    ...{ findings: [], longestAbsence: 1 },
  });
  assertEquals(surveyRows(loadedOf([]), []), { count: 0, from: null, to: null, ...none });
});

Deno.test("divideFiles() sets files apart of which a row cannot be read, or is of another time", () => {
  const failure = "line 3: …";
  const loaded = loadedOf([recordOf(WEEK[0]!), { ...recordOf(WEEK[1]!, []), failure }]);
  const { recorded, unreadable } = filesOfSymbol(loaded);
  assertEquals([recorded, unreadable], [[WEEK[0]], [{ ...WEEK[1]!, failure }]]);
});

Deno.test("surveyRows() holds more findings of one file than a call takes arguments", () => {
  const atOneStamp = Array.from(
    { length: 300_000 },
    (_, i): BarRow => [1, 1, 2, 0.5, 1.5, 100 + i, 7],
  );
  const loaded = loadedOf([recordOf(WEEK[0]!, atOneStamp)]);
  const { findings } = surveyRows(loaded, recordedOf(loaded));
  assert(findings.length >= 250_000, `${findings.length} findings`);
});
