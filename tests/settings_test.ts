import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../lib/errors.ts";
import { silentReporter } from "../lib/progress.ts";
import { type PreloadOptions, withDefaults } from "../lib/settings.ts";

const settingsOf = (options: Partial<PreloadOptions> = {}) =>
  withDefaults({ cacheDirectory: "/cache", ...options });

Deno.test("withDefaults() puts the vendor's place and the limits", () => {
  const { nowMs, signal, ...settings } = settingsOf();
  assertEquals(settings, {
    cacheDirectory: "/cache",
    credentials: undefined,
    endpoint: "https://files.massive.com",
    bucket: "flatfiles",
    region: "us-east-1",
    concurrency: 20,
    maxMemoryBytes: 128 * 2 ** 20,
    maxBytesPerSecond: Infinity,
    bandwidth: undefined,
    keepLimitBytes: 2 ** 30,
    maxAgeMs: 3_600_000,
    refresh: false,
    offline: false,
    saveEvery: 1,
    confirmAboveBytes: 2 ** 31,
    wait: false,
    patienceMs: 120_000,
    reporter: silentReporter,
    follow: false,
  });
  assertEquals([signal.aborted, Number.isSafeInteger(nowMs)], [false, true]);
});

Deno.test("withDefaults() keeps what is given, zero and empty included", () => {
  const given = {
    period: "2y",
    to: "2025-11-01",
    interval: "1d",
    hours: "all",
    asset: "stock",
    cacheDirectory: "/elsewhere",
    endpoint: "http://127.0.0.1:9000",
    bucket: "other",
    region: "eu-west-1",
    concurrency: "auto" as const,
    maxMemoryBytes: 2 ** 20,
    maxBytesPerSecond: 1_024,
    keepLimitBytes: 0,
    fromLake: "lake",
    maxAgeMs: 0,
    refresh: true,
    offline: true,
    saveEvery: 1_000,
    confirm: () => true,
    confirmAboveBytes: 0,
    wait: true,
    patienceMs: 1,
    signal: AbortSignal.abort(),
    reporter: () => {},
    fetch: () => Promise.reject(),
    nowMs: 0,
    limits: {},
    random: () => 0.5,
    adjust: "splits",
    splits: { file: "splits.csv" },
    dividends: { file: "dividends.csv" },
    fixSplits: true,
    follow: false,
    renamesFile: "renames.csv",
  } as const;
  const { bandwidth, ...settings } = settingsOf(given);
  assertEquals(settings, { ...given, credentials: undefined });
  assertEquals(bandwidth?.book(1_024, 0), { bytes: 51, waitMs: 0 });
});

Deno.test("withDefaults() takes undefined for not given", () => {
  const settings = settingsOf({ concurrency: undefined, endpoint: undefined, bucket: undefined });
  assertEquals([settings.concurrency, settings.bucket], [20, "flatfiles"]);
});

Deno.test("withDefaults() takes 1 to 256 at once, or auto", () => {
  for (const concurrency of [1, 20, 256, "auto"] as const) {
    assertEquals(settingsOf({ concurrency }).concurrency, concurrency);
  }
  for (const concurrency of [0, -1, 257, 1.5, NaN, Infinity]) {
    const message =
      `Cannot use concurrency: found ${concurrency}, want a whole number from 1 to 256 or "auto"`;
    assertThrows(() => settingsOf({ concurrency }), UsageError, message);
  }
});

Deno.test("withDefaults() refuses every number that is negative or none", () => {
  const amount = "a number that is not negative";
  const rows = {
    saveEvery: "a whole number from 1 to 1000",
    maxMemoryBytes: "a whole number from 1048576 to 1099511627776",
    maxBytesPerSecond: "a number of at least 1024",
    confirmAboveBytes: amount,
    keepLimitBytes: amount,
    maxAgeMs: amount,
    patienceMs: amount,
    nowMs: "a number from 0 to 8640000000000000",
  };
  for (const [name, wanted] of Object.entries(rows)) {
    for (const number of [-1, -0.5, NaN, -Infinity]) {
      const message = `Cannot use ${name}: found ${number}, want ${wanted}`;
      assertThrows(() => settingsOf({ [name]: number }), UsageError, message);
    }
  }
  for (const nowMs of [Infinity, 1e300]) assertThrows(() => settingsOf({ nowMs }), UsageError);
  for (const name of ["keepLimitBytes", "confirmAboveBytes", "maxAgeMs", "patienceMs"] as const) {
    assertEquals(settingsOf({ [name]: Infinity })[name], Infinity);
  }
});

Deno.test("withDefaults() looks for credentials once, however often a run asks for them", async () => {
  const keys = { accessKeyId: "id", secretAccessKey: "secret" };
  let looks = 0;
  const { credentials } = settingsOf({ credentials: () => Promise.resolve((looks++, keys)) });
  assert(typeof credentials === "function");
  assertEquals([await credentials(), await credentials(), looks], [keys, keys, 1]);
});
