import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Bar, chartPage, UsageError } from "../../mod.ts";
import type { PageData } from "../../lib/chart/page_data.ts";
import { cspHash } from "../../lib/chart/page_body.ts";
import { zigzag } from "../cli/chart/bars.ts";

/** The data that the page's script will read. */
function dataOf(html: string): PageData {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  return JSON.parse(json!);
}

/** The texts of the elements of a name, without those that hold data. */
function contents(html: string, name: string): string[] {
  const elements = html.matchAll(new RegExp(`<${name}(?: type="module")?>(.*?)</${name}>`, "gs"));
  return Array.from(elements, ([, text]) => text!);
}

const EVIL = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"'&`;

Deno.test("chartPage() keeps every bar as it is", async () => {
  const bars = zigzag(40);
  const [{ symbol, frames }] = dataOf(await chartPage({ TSLA: bars })).series as [
    PageData["series"][0],
  ];
  assertEquals(symbol, "TSLA");
  const frame = frames[0]!;
  assertEquals(frame.time, bars.map(({ date }) => Date.parse(date) / 1_000));
  for (const name of ["open", "high", "low", "close", "volume"] as const) {
    assertEquals(frame[name], bars.map((bar) => bar[name]));
  }
});

Deno.test("chartPage() offers weeks from Monday and months, with true prices", async () => {
  const bars = zigzag(100);
  const { intervals, series } = dataOf(await chartPage({ TSLA: bars }));
  assertEquals(intervals.map(({ label }) => label), ["1D", "1W", "1M"]);
  const [, weeks, months] = series[0]!.frames;
  const monday = (date: string) =>
    Temporal.PlainDate.from(date).subtract({ days: Temporal.PlainDate.from(date).dayOfWeek - 1 });
  const wanted = [
    [weeks!, (date: string) => monday(date).toString()],
    [months!, (date: string) => `${date.slice(0, 7)}-01`],
  ] as const;
  for (const [frame, startOf] of wanted) {
    const groups = [...Map.groupBy(bars, ({ date }) => startOf(date))];
    assertEquals(frame.time, groups.map(([start]) => Date.parse(start) / 1_000));
    assertEquals(frame.open, groups.map(([, of]) => of[0]!.open));
    assertEquals(frame.close, groups.map(([, of]) => of.at(-1)!.close));
    assertEquals(frame.high, groups.map(([, of]) => Math.max(...of.map(({ high }) => high))));
    assertEquals(frame.low, groups.map(([, of]) => Math.min(...of.map(({ low }) => low))));
    assertEquals(
      frame.volume,
      groups.map(([, of]) => of.reduce((sum, { volume }) => sum + volume!, 0)),
    );
  }
});

Deno.test("chartPage() labels minutes by the clock of the market, in summer and winter", async () => {
  const at = (iso: string): Bar => ({
    ...zigzag(1)[0]!,
    date: iso.slice(0, 10),
    timestamp: Date.parse(iso),
  });
  const bars = [at("2024-03-08T14:30Z"), at("2024-03-11T13:30Z"), at("2024-03-11T13:35Z")];
  const { intervals, series } = dataOf(
    await chartPage({ TSLA: bars, "BTC-USD": bars }, { interval: "5m" }),
  );
  assertEquals(intervals.map(({ label }) => label), ["5m", "15m", "1H", "1D", "1W", "1M"]);
  const [tsla, btc] = series.map(({ frames }) =>
    frames.map(({ time }) => time.map((seconds) => new Date(seconds * 1_000).toISOString()))
  ) as [string[][], string[][]];
  assertEquals(tsla[0], [
    "2024-03-08T09:30:00.000Z",
    "2024-03-11T09:30:00.000Z",
    "2024-03-11T09:35:00.000Z",
  ]);
  assertEquals(tsla[3], ["2024-03-08T00:00:00.000Z", "2024-03-11T00:00:00.000Z"]);
  assertEquals(btc[0]![0], "2024-03-08T14:30:00.000Z");
});

Deno.test("chartPage() makes unsorted and doubled stamps one ascending row", async () => {
  const [a, b, c] = zigzag(3) as [Bar, Bar, Bar];
  const [frame] = dataOf(await chartPage({ TSLA: [c, a, b, { ...b, high: 999 }] })).series[0]!
    .frames;
  assertEquals(frame!.time, [a, b, c].map(({ date }) => Date.parse(date) / 1_000));
  assertEquals(frame!.high[1], 999);
});

Deno.test("chartPage() goes by the date where the stamp of a day is wrong", async () => {
  const bars = zigzag(5);
  const wrong = bars.map((bar, i) => i === 2 ? { ...bar, timestamp: -68_400_000 } : bar);
  assertEquals(dataOf(await chartPage({ TSLA: wrong })), dataOf(await chartPage({ TSLA: bars })));
});

Deno.test("chartPage() marks a note at the next bar of each interval, and at the last", async () => {
  const bars = zigzag(60).filter(({ date }) => date !== "2024-01-10");
  const note = (date: string) => ({ symbol: "TSLA", date, kind: "gap", text: "no bar" });
  const notes = [note("2025-01-01"), note("2024-01-10"), { ...note("2024-01-03"), symbol: "AAPL" }];
  const [series] = dataOf(await chartPage({ TSLA: bars }, { notes })).series;
  assertEquals(series!.notes.map(({ date }) => date), ["2024-01-10", "2025-01-01"]);
  assertEquals(series!.frames.map(({ noteAt }) => noteAt), [[9, 58], [1, 8], [0, 1]]);
});

Deno.test("chartPage() lets no symbol and no text end its script or become an element", async () => {
  const notes = [{ symbol: EVIL, date: "2024-01-02", kind: EVIL, text: EVIL }];
  const html = await chartPage({ [EVIL]: zigzag(3), TSLA: zigzag(3) }, { notes });
  assert(!html.includes(EVIL));
  assert(!/<img|<script>alert/.test(html));
  assertEquals(html.match(/<script/g)?.length, 3);
  assertEquals(html.match(/<\/script/g)?.length, 3);
  assertEquals(dataOf(html).series[0]!.symbol, EVIL);
  assertEquals(dataOf(html).series[0]!.notes[0]!.text, EVIL);
});

Deno.test("chartPage() allows its own scripts and style alone", async () => {
  const html = await chartPage({ TSLA: zigzag(3) });
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
  assertMatch(policy, /^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; style-src 'sha2/);
  for (const text of [...contents(html, "script"), ...contents(html, "style")]) {
    assertStringIncludes(policy, await cspHash(text));
  }
  assert(!/unsafe|https?:/.test(policy));
});

Deno.test("chartPage() joins its modules to one", async () => {
  const html = await chartPage({ TSLA: zigzag(3) });
  const script = contents(html, "script").at(-1)!;
  assert(!/^\s*(import|export)\b/m.test(script));
  new Function(script);
});

Deno.test("chartPage() has the notice and the link that the library asks for", async () => {
  const html = await chartPage({ TSLA: zigzag(3) });
  assertStringIncludes(html, "Licensed under Apache License 2.0");
  assertStringIncludes(html, "TradingView Lightweight Charts™, Copyright");
  assertStringIncludes(html, `<a href="https://www.tradingview.com/"`);
});

Deno.test("chartPage() leaves a symbol without bars out, and without any refuses", async () => {
  const { series } = dataOf(await chartPage({ TSLA: zigzag(3), AAPL: [] }));
  assertEquals(series.map(({ symbol }) => symbol), ["TSLA"]);
  await assertRejects(() => chartPage({ AAPL: [] }), RangeError, "found no bars");
});

Deno.test("chartPage() refuses a note whose date is none", async () => {
  for (const date of [EVIL, "2024-1-2", "2024-13-01", ""]) {
    const notes = [{ symbol: "TSLA", date, kind: "gap", text: "" }];
    await assertRejects(
      () => chartPage({ TSLA: zigzag(3) }, { notes }),
      UsageError,
      "notes[0].date",
    );
  }
});

Deno.test("chartPage() of minutes wants to know the market of a symbol", async () => {
  const bars = { "no symbol!": zigzag(3) };
  await assertRejects(() => chartPage(bars, { interval: "1m" }), UsageError);
  assertStringIncludes(await chartPage(bars, { interval: "1m", asset: "crypto" }), "no symbol!");
});
