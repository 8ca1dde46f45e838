/**
 * Parses one hostile listing in a process of its own and prints how long the refusal took
 * and by how much the process grew at its peak, in milliseconds and bytes.
 *
 * @module
 */

import { parseListing } from "../../lib/s3/documents.ts";
import { HOSTILE } from "../security/hostile_listings.ts";

const document = HOSTILE[Deno.args[0]!]!();
const bytes = typeof document === "string" ? new TextEncoder().encode(document) : document;
// Sets the peak back to what is in use (proc_pid_clear_refs, 5).
Deno.writeTextFileSync("/proc/self/clear_refs", "5");
const before = peakBytes();
const startMs = performance.now();
let refused = false;
try {
  parseListing(bytes, "p/");
} catch {
  refused = true;
}
const tookMs = performance.now() - startMs;
const grown = peakBytes() - before;
// deno-lint-ignore no-console
console.log(JSON.stringify({ refused, tookMs, grown }));

function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}
