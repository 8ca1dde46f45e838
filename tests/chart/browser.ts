/**
 * Debian's Chromium without a window, for the tests of the chart page.
 *
 * @module
 */

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether the browser is installed here; a test that needs it is ignored without. */
export const hasBrowser: boolean = await isFile(CHROMIUM);

/** A file in the browser, with what it asked for and what it complained of. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** A browser with a profile of its own, and a directory for pages. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #directory: string;

  private constructor(browser: Browser, directory: string) {
    this.#browser = browser;
    this.#directory = directory;
  }

  static async start(): Promise<TestBrowser> {
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    return new TestBrowser(browser, await Deno.makeTempDir({ prefix: "flatfetch_" }));
  }

  /** Opens a text as a page. */
  async open(html: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const path = `${this.#directory}/page.html`;
    await Deno.writeTextFile(path, html);
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`file://${path}`);
    const dispose = () => context.close();
    return { page, requests, complaints, [Symbol.asyncDispose]: dispose };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
