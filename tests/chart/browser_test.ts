/// <reference lib="dom" />
/**
 * The chart page in a real browser. Without Chromium these tests are ignored.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Bar, chartPage } from "../../mod.ts";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { hasBrowser, type OpenPage, TestBrowser } from "./browser.ts";

type Page = OpenPage["page"];

const SPAN = { from: "2024-01-02", to: "2025-10-31" };
const NOTE = { symbol: "TSLA", date: "2025-07-04", kind: "gap", text: "</script><b>no bar</b>" };

const files = generateStockDays({ ...SPAN, tickers: 40 });
const [tsla, aapl] = ["TSLA", "AAPL"].map((ticker) => files.truth(ticker) as readonly Bar[]);
const withoutVolume = tsla!.map((bar) => ({ ...bar, volume: null }));
const bars = { TSLA: tsla!, AAPL: aapl!, "^GSPC": withoutVolume };
const html = await chartPage(bars, { notes: [NOTE] });

if (!hasBrowser) {
  Deno.test.ignore("the chart page is not tested: there is no /usr/bin/chromium", () => {});
}

Deno.test({
  name: "the chart page",
  ignore: !hasBrowser,
  // The driver keeps timers and pipes of its own until it is closed.
  async fn(t) {
    await using browser = await TestBrowser.start();
    const opened = await browser.open(html, { colorScheme: "light" });
    const { page } = opened;

    await t.step("draws candles of both colors", async () => {
      await page.waitForFunction(hasColors, ["#2463b4", "#c2540a"]);
    });

    await t.step("shows the last price and its change", async () => {
      const [before, last] = tsla!.slice(-2).map(({ close }) => close) as [number, number];
      assertEquals(await text(page, "#last"), last.toFixed(2));
      assertEquals(await page.title(), `TSLA ${last.toFixed(2)} – flatfetch`);
      assertEquals(await text(page, "#change"), changeOf(before, last));
    });

    await t.step("opens on the whole period, and comes back to it by a button", async () => {
      const ends = async () => {
        const box = (await page.locator("#plot canvas").first().boundingBox())!;
        const dates: string[] = [];
        for (const x of [box.x + 2, box.x + box.width - 3]) {
          await page.mouse.move(x, box.y + 100);
          dates.push(await readsTruly(page, tsla!));
        }
        await page.mouse.move(1, 1);
        return dates;
      };
      const whole = [tsla![0]!, tsla!.at(-1)!].map(({ date }) => dateText(date));
      assertEquals(await ends(), whole);
      await page.focus("#chart");
      for (let i = 0; i < 12; i++) await page.keyboard.press("+");
      assertNotEquals(await ends(), whole);
      await page.click("#all");
      await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(done)));
      assertEquals(await ends(), whole);
    });

    await t.step("reads out the bar under the pointer, also when the chart moves", async () => {
      const box = (await page.locator("#plot").boundingBox())!;
      const seen = new Set<string>();
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        await page.mouse.move(box.x + share * box.width, box.y + 100);
        await page.waitForFunction(
          (before) => !before.includes(document.querySelector("#at-date")!.textContent!),
          [...seen],
        );
        seen.add(await readsTruly(page, tsla!));
      }
      await page.mouse.wheel(500, 0);
      await page.waitForFunction(
        (before) => !before.includes(document.querySelector("#at-date")!.textContent!),
        [...seen],
      );
      await readsTruly(page, tsla!);
      await page.mouse.move(1, 1);
      assertEquals(await readsTruly(page, tsla!), dateText(tsla!.at(-1)!.date));
    });

    await t.step("goes from bar to bar by keys, and says so", async () => {
      await page.focus("#chart");
      for (let i = 1; i <= 3; i++) await page.keyboard.press("ArrowLeft");
      assertEquals(await readsTruly(page, tsla!), dateText(tsla!.at(-4)!.date));
      await page.keyboard.press("Home");
      assertEquals(await readsTruly(page, tsla!), dateText(tsla![0]!.date));
      assertMatch(await text(page, "#spoken"), new RegExp(`^${dateText(tsla![0]!.date)}, open `));
      await page.keyboard.press("End");
      assertEquals(await readsTruly(page, tsla!), dateText(tsla!.at(-1)!.date));
    });

    await t.step("lists notes as text and goes to their bar", async () => {
      assertEquals(await text(page, "#notes li span"), NOTE.text);
      await page.click("#notes button");
      assertEquals(await readsTruly(page, tsla!), dateText("2025-07-07"));
    });

    await t.step("has the numbers in a table", async () => {
      await page.click("summary");
      const row = (await page.locator("#table tbody tr").first().innerText()).split(/\s+/);
      const { date, open, high, low, close, volume } = tsla!.at(-1)!;
      const numbers = [open, high, low, close].map((price) => price.toFixed(2));
      assertEquals(row, [date, ...numbers, Math.round(volume!).toLocaleString("en-US")]);
    });

    await t.step("switches to weeks and months", async () => {
      await page.click("label:has-text('1W')");
      const weeks = tsla!.filter(({ date }) => date >= "2025-10-27");
      await page.keyboard.press("Tab");
      assertEquals(await text(page, "#at-date"), "Oct 27, 2025");
      assertEquals(await text(page, "#at-open"), weeks[0]!.open.toFixed(2));
      assertEquals(
        await text(page, "#at-high"),
        Math.max(...weeks.map(({ high }) => high)).toFixed(2),
      );
      assertEquals(
        await text(page, "#at-volume"),
        weeks.reduce((sum, { volume }) => sum + volume!, 0).toLocaleString("en-US"),
      );
      await page.click("label:has-text('1M')");
      assertMatch(await text(page, "#span"), /· 22 bars · New York time$/);
      assertEquals(await text(page, "#at-date"), "Oct 1, 2025");
    });

    await t.step("switches to another symbol", async () => {
      await page.click("label:has-text('AAPL')");
      await page.click("label:has-text('1D')");
      assertEquals(await text(page, "h1"), "AAPL");
      assertEquals(await text(page, "#last"), aapl!.at(-1)!.close.toFixed(2));
      assertEquals(await readsTruly(page, aapl!), dateText(aapl!.at(-1)!.date));
      assert(await page.isHidden("#notes"));
    });

    await t.step("has no place for the volume of an index", async () => {
      const panes = () => page.locator("#plot tr:has(canvas)").count();
      const before = await panes();
      await page.click("label:has-text('^GSPC')");
      assertEquals(await text(page, "#at-volume"), "–");
      await page.waitForFunction(hasColors, ["#2463b4", "#c2540a"]);
      assert(await panes() < before);
      await page.click("label:has-text('AAPL')");
      await page.waitForFunction(hasColors, ["#2463b4", "#c2540a"]);
      assertEquals(await panes(), before);
    });

    await t.step("turns dark and light", async () => {
      const light = await page.evaluate(backgroundOf);
      await page.click("#theme");
      assertNotEquals(await page.evaluate(backgroundOf), light);
      await page.waitForFunction(hasColors, ["#6ba8f7", "#f0954b", "#14161a"]);
      await page.click("#theme");
      assertEquals(await page.evaluate(backgroundOf), light);
    });

    await t.step("asks for nothing but itself and complains of nothing", () => {
      assertEquals(opened.requests.length, 1);
      assertEquals(opened.complaints, []);
    });
    await opened[Symbol.asyncDispose]();

    await t.step("is dark where the system is, and fits a phone", async () => {
      const viewport = { width: 390, height: 844 };
      await using phone = await browser.open(html, { colorScheme: "dark", viewport });
      await phone.page.waitForFunction(hasColors, ["#6ba8f7", "#f0954b", "#14161a"]);
      const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
      assertEquals(width, 390);
      assertEquals(phone.complaints, []);
    });

    await t.step(
      "keeps to what is shown when the window narrows, and lets no number overlap",
      async () => {
        const minutes = await chartPage({ "BTC-USD": manyMinutes() }, { interval: "1m" });
        await using narrow = await browser.open(minutes, { viewport: { width: 900, height: 800 } });
        await narrow.page.setViewportSize({ width: 380, height: 800 });
        await narrow.page.waitForFunction(() =>
          document.querySelector("#plot canvas")!.getBoundingClientRect().right < 380
        );
        const box = (await narrow.page.locator("#plot canvas").first().boundingBox())!;
        await narrow.page.mouse.move(box.x + 2, box.y + 100);
        await narrow.page.waitForFunction(() =>
          document.querySelector("#at-date")!.textContent!.startsWith("Oct 31, 2025, 13:3")
        );
        assertEquals(await narrow.page.evaluate(overlaps), []);
        const width = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
        assertEquals(width, 380);
      },
    );

    await t.step("is a table where no script runs", async () => {
      await using plain = await browser.open(html, { javaScriptEnabled: false });
      const row = await plain.page.locator("noscript tbody tr").first().innerText();
      assertEquals(row.split(/\s+/)[0], tsla!.at(-1)!.date);
      assertEquals(plain.requests.length, 1);
    });
  },
});

/** Of a dear thing with a large volume. */
function manyMinutes(): Bar[] {
  return Array.from({ length: 300 }, (_, i) => {
    const price = 45_000 + 1_000 * Math.sin(i / 20);
    const timestamp = Date.UTC(2025, 9, 31, 13, 30 + i);
    return {
      ...{ date: "2025-10-31", timestamp, open: price, high: price + 900, low: price - 900 },
      ...{ close: price - 800 * (-1) ** i, volume: 151_137_003, transactions: 1 },
    };
  });
}

/** The facts in the readout whose text reaches into another's. */
function overlaps(): string[] {
  const boxes = [...document.querySelectorAll("#readout dd")].map((fact) => {
    const range = document.createRange();
    range.selectNodeContents(fact);
    return { id: fact.id, box: range.getBoundingClientRect() };
  });
  return boxes.filter(({ box: a }) =>
    boxes.some(({ box: b }) => a !== b && a.left <= b.left && b.left < a.right && a.top === b.top)
  ).map(({ id }) => id);
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().textContent()) ?? "";
}

/** Holds the readout to the bar of its date. */
async function readsTruly(page: Page, truth: readonly Bar[]): Promise<string> {
  const date = await text(page, "#at-date");
  const i = truth.findIndex((bar) => dateText(bar.date) === date);
  assert(i >= 0, `no bar of ${date}`);
  const { open, high, low, close, volume } = truth[i]!;
  const wanted = [open, high, low, close].map((price) => price.toFixed(2));
  const names = ["open", "high", "low", "close", "volume", "change"];
  assertEquals(await Promise.all(names.map((name) => text(page, `#at-${name}`))), [
    ...wanted,
    volume!.toLocaleString("en-US"),
    changeOf(truth[i - 1]?.close ?? open, close),
  ]);
  return date;
}

function changeOf(from: number, to: number): string {
  const sign = to < from ? "−" : "+";
  const percent = (100 * Math.abs(to - from) / from).toFixed(2);
  return `${sign}${Math.abs(to - from).toFixed(2)} (${sign}${percent}%)`;
}

function dateText(date: string): string {
  const options = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" } as const;
  return new Date(date).toLocaleDateString("en-US", options);
}

/** In the page: whether pixels of each color are on the chart. */
function hasColors(colors: readonly string[]): boolean {
  const found = new Set<string>();
  for (const canvas of document.querySelectorAll("canvas")) {
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
      const rgb = [data[i]!, data[i + 1]!, data[i + 2]!];
      found.add(`#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`);
    }
  }
  return colors.every((color) => found.has(color));
}

/** In the page. */
function backgroundOf(): string {
  return getComputedStyle(document.body).backgroundColor;
}
