/**
 * Says at the end how long the longest time was in which no timer ran, nor would a signal have been
 * heard; for `deno run --preload`.
 *
 * @module
 */
// deno-lint-ignore-file no-console

let lastMs = performance.now();
let longestMs = 0;

function look(): void {
  const nowMs = performance.now();
  longestMs = Math.max(longestMs, nowMs - lastMs);
  lastMs = nowMs;
}

Deno.unrefTimer(setInterval(look, 5));
addEventListener("unload", () => {
  look();
  console.error(`longest gap: ${Math.round(longestMs)} ms`);
});
