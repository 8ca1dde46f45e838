/** Promise 4, with objects that are never had: they are the failed ones, and the run is none. */

import { NEVER_ANSWERED, playHostileObjects } from "./hostile_objects.ts";

const FAULTS = Object.values(NEVER_ANSWERED);

Deno.test("preload() (one object of each kind is never had) has all others, and so the next run", async () => {
  await playHostileObjects({ struck: FAULTS.map((fault, i) => [10 * i, fault]) });
});

Deno.test("preload() (the newest object, looked at ahead, is never answered) has all others", async () => {
  const fault = NEVER_ANSWERED["no headers"]!;
  await playHostileObjects({ struck: [[-1, fault]], symbol: "tsla" });
});

Deno.test("preload() (more objects than run at once, of nearly half of all, are never answered) has all others", async () => {
  const fault = NEVER_ANSWERED["no headers"]!;
  await playHostileObjects({ struck: Array.from({ length: 24 }, (_, i) => [2 * i, fault]) });
});

Deno.test("preload() (as many objects as run at once are never answered) has all others", async () => {
  const fault = NEVER_ANSWERED["1xx without end"]!;
  await playHostileObjects({ struck: [[59, fault], [58, fault]], concurrency: 2 });
});
