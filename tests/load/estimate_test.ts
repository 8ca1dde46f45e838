import { assertEquals } from "@std/assert";
import { estimateSeconds } from "../../lib/load/estimate.ts";
import type { FileTotal } from "../../lib/settings.ts";

const NONE = { files: 0, bytes: 0 };
const MIB = 2 ** 20;
const USUAL = { concurrency: 20, maxMemoryBytes: 128 * MIB, latencyMs: undefined };

const seconds = (
  work: { fetch?: FileTotal; kept?: FileTotal },
  options: Partial<Parameters<typeof estimateSeconds>[1]> = {},
) => estimateSeconds({ fetch: NONE, kept: NONE, ...work }, { ...USUAL, ...options });

Deno.test("estimateSeconds() is none for no files", () => {
  assertEquals(seconds({}, { latencyMs: 500 }), 0);
});

Deno.test("estimateSeconds() takes 1 MB/s a connection, and the latency of each file", () => {
  const fetch = { files: 1_000, bytes: 200e6 };
  assertEquals(seconds({ fetch }), 10);
  assertEquals(seconds({ fetch }, { latencyMs: 100 }), 15);
  assertEquals(seconds({ fetch }, { concurrency: 1, latencyMs: 100 }), 300);
});

Deno.test("estimateSeconds() counts no more connections than there are files", () => {
  assertEquals(seconds({ fetch: { files: 2, bytes: 20e6 } }, { latencyMs: 1_000 }), 11);
});

Deno.test("estimateSeconds() counts no more connections than the memory has files for", () => {
  const fetch = { files: 100, bytes: 100 * 30 * MIB };
  assertEquals(seconds({ fetch }), Math.round(100 * 30 * MIB / 4e5) / 10);
  assertEquals(seconds({ fetch }, { maxMemoryBytes: MIB }), Math.round(100 * 30 * MIB / 1e5) / 10);
});

Deno.test("estimateSeconds() keeps to the limit of bytes a second", () => {
  const fetch = { files: 1_000, bytes: 200e6 };
  assertEquals(seconds({ fetch }, { maxBytesPerSecond: 1e6 }), 200);
  assertEquals(seconds({ fetch }, { maxBytesPerSecond: 1e9 }), 10);
});

Deno.test("estimateSeconds() takes 100 MB/s for kept files", () => {
  assertEquals(seconds({ kept: { files: 9, bytes: 450e6 } }, { latencyMs: 900 }), 4.5);
});
