import { assertEquals } from "@std/assert";
import { barsOf, filesOf, recordedOf, sourceBarsOf, spanOfRows } from "../lib/loaded_symbol.ts";
import { readRequest } from "../lib/request.ts";
import { FILES, LISTING, loadedOf, recordOf, row, TODAY, TSLA, WEEK } from "./loaded_samples.ts";

Deno.test("filesOf() has the files of the symbol's dataset and span", () => {
  assertEquals(filesOf(TSLA!, LISTING), WEEK);
  assertEquals(filesOf(TSLA!, new Map()), []);
  const [crypto] = readRequest(["BTC-USD"], {}, TODAY);
  assertEquals(filesOf(crypto!, LISTING), []);
});

Deno.test("barsOf() has the rows of the files that are recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[1]!), etag: "older" };
  const records = [recordOf(WEEK[3]!, [row(1), row(2)]), recordOf(WEEK[0]!), replaced];
  const loaded = loadedOf([...records, recordOf(FILES[0]!)]);
  const bars = [...barsOf(loaded, recordedOf(loaded, WEEK))];
  assertEquals(bars.map(({ date, timestamp }) => [date, timestamp]), [
    ["2024-03-05", Date.parse("2024-03-05")],
    ["2024-03-08", 1],
    ["2024-03-08", 2],
  ]);
  const { date: _, ...numbers } = bars[0]!;
  assertEquals(Object.values(numbers), [...row(Date.parse("2024-03-05"))]);
});

Deno.test("spanOfRows() counts what sourceBarsOf() gives, over the files recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[3]!), etag: "older" };
  const records = [recordOf(WEEK[0]!, []), recordOf(WEEK[1]!, [row(1), row(2)]), replaced];
  const loaded = loadedOf([...records, recordOf(WEEK[2]!), recordOf(FILES[0]!)]);
  const recorded = recordedOf(loaded, WEEK);
  const bars = [...sourceBarsOf(loaded, recorded)];
  assertEquals(bars.map(({ date }) => date), ["2024-03-06", "2024-03-06", "2024-03-07"]);
  assertEquals(spanOfRows(loaded, recorded), { count: 3, from: "2024-03-06", to: "2024-03-07" });
  assertEquals(spanOfRows(loadedOf([]), []), { count: 0, from: null, to: null });
});
