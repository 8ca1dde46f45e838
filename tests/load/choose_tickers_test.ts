import { assert, assertEquals } from "@std/assert";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { chooseTickers, SeenFiles } from "../../lib/load/open_symbols.ts";
import { identityOf, openStored } from "../../lib/load/run_context.ts";
import { sampleRecords } from "../cache/samples.ts";
import { FILES, type OpenRun, requestsFor, withRun } from "./open_run.ts";

const keyAt = (part: number) =>
  FILES.keyOf(FILES.dates[Math.round(part * (FILES.dates.length - 1))]!);
const [OLDEST, MIDDLE, NEWEST] = [keyAt(0), keyAt(0.5), keyAt(1)];

async function tickersOf(run: OpenRun, symbols?: readonly string[]): Promise<string[]> {
  const requests = symbols === undefined ? run.requests : requestsFor(symbols);
  const files = new SeenFiles(run);
  return (await chooseTickers(requests, { ...run, files })).map(({ ticker }) => ticker);
}

Deno.test("chooseTickers() looks into no file for a symbol of one spelling, there or not", async () => {
  await withRun(["TSLA", "BRK-B", "NOSUCH"], async (run) => {
    assertEquals(await tickersOf(run), ["TSLA", "BRK.B", "NOSUCH"]);
    assertEquals(run.world.takeGets(), []);
  });
});

Deno.test("chooseTickers() takes the spelling that the newest file has, which it looks into once", async () => {
  await withRun(["tsla", "bac-pb", "brk-b"], async (run) => {
    assertEquals(await tickersOf(run), ["TSLA", "BACpB", "BRK.B"]);
    assertEquals(run.world.takeGets(), [NEWEST]);
  });
});

Deno.test("chooseTickers() counts symbols of one ticker as the first of them", async () => {
  await withRun(["tsla", "AAPL"], async (run) => {
    assertEquals(await tickersOf(run, ["tsla", "AAPL", "TSLA"]), ["TSLA", "AAPL"]);
  });
});

Deno.test("chooseTickers() takes what the tape would have where no file has a spelling", async () => {
  await withRun(["nosuch", "zzz-pa"], async (run) => {
    assertEquals(await tickersOf(run), ["NOSUCH", "ZZZpA"]);
  });
});

Deno.test("chooseTickers() takes the spelling that is recorded without looking into a file", async () => {
  await withRun(["tsla"], async (run) => {
    const { directory, settings, requests: [request] } = run;
    {
      const identity = identityOf(request!, "TSLA", settings);
      await using store = await TickerRecords.open(directory, identity);
      store.addAll(sampleRecords(1));
    }
    const stored = await openStored(run);
    assertEquals(await tickersOf({ ...run, stored }), ["TSLA"]);
    assertEquals(run.world.takeGets(), []);
  });
});

for (
  const { refused, asked, found } of [
    { refused: [NEWEST], asked: [MIDDLE, NEWEST], found: "TSLA" },
    { refused: [MIDDLE, NEWEST], asked: [OLDEST, MIDDLE, NEWEST], found: "TSLA" },
    { refused: [OLDEST, MIDDLE, NEWEST], asked: [OLDEST, MIDDLE, NEWEST], found: undefined },
  ]
) {
  Deno.test(`SeenFiles.findSpelling() (${refused.length} of its files refused) asks the next`, async () => {
    await withRun(["tsla"], async (run) => {
      for (const key of refused) run.world.s3.faults.add("access-denied", { key });
      assertEquals(await new SeenFiles(run).findSpelling(run.requests[0]!), found);
      assertEquals(run.world.takeGets(), asked);
    });
  });
}

Deno.test("SeenFiles.suggest() tells what a ticker may mean that the newest file lacks, and nothing of one that it has", async () => {
  await withRun(["TSLX", "TSLA"], async (run) => {
    const files = new SeenFiles(run);
    const [unknown, known] = run.requests.map((request) => ({
      request,
      ticker: request.tickers[0],
    }));
    const suggestions = await files.suggest(unknown!, new Map());
    assert(suggestions?.includes("TSLA"), `${suggestions}`);
    assertEquals(await files.suggest(known!, new Map()), undefined);
    const told = run.events.filter(({ type }) => type === "unknown-ticker");
    const of = { symbol: "TSLX", ticker: "TSLX", date: FILES.dates.at(-1)! };
    assertEquals(told, [{ type: "unknown-ticker", ...of, suggestions: suggestions! }]);
  });
});
