import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { Pace } from "../../lib/concurrency/pace.ts";
import { type Run, simulate } from "./simulated_server.ts";

/** So many places, all in use. */
function paceOf(limit: number, highest?: number) {
  const places = { limit, running: limit, nowMs: 0 };
  return { places, pace: new Pace(places, highest) };
}

/** The limits that come of so many tasks, and how many end under each; rates are by the second. */
function play(
  { places, pace }: ReturnType<typeof paceOf>,
  { rateAt, tasks }: { rateAt: (limit: number) => number; tasks: number },
) {
  const limits = [places.limit];
  const ends = [0];
  for (let task = 0; task < tasks; task++) {
    places.nowMs += 1_000 / rateAt(places.limit);
    pace.succeeded(places.nowMs);
    ends[ends.length - 1]!++;
    if (places.limit !== limits.at(-1)) {
      limits.push(places.limit);
      ends.push(0);
    }
  }
  return { limits, ends };
}

function autoLimits(rateAt: (limit: number) => number, tasks: number): number[] {
  return play(paceOf(20, 256), { rateAt, tasks }).limits;
}

const AUTO = { tasks: 1_255, begin: 20, highest: 256 };

/** The fastest of some fixed limits. */
function best(run: Omit<Run, "begin">, limits: readonly number[]): number {
  const { highest: _, ...fixed } = run;
  return Math.min(...limits.map((begin) => simulate({ ...fixed, begin }).elapsedMs));
}

Deno.test("Pace leaves a fixed limit alone while nothing is throttled", () => {
  const { limits } = simulate({
    tasks: 500,
    begin: 20,
    manners: [{ latencyMs: 100, perSecond: 1_000 }],
  });
  assert(limits.every(({ limit }) => limit === 20));
});

Deno.test("Pace lowers the limit with every request of one moment that is refused, by half at most", () => {
  const { places, pace } = paceOf(20);
  const limitAfter = (nowMs: number) => {
    pace.throttled({ sentMs: 0, nowMs });
    return places.limit;
  };
  const limits = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110].map(limitAfter);
  assertEquals(limits, [17, 16, 15, 14, 13, 12, 11, 10, 10, 10, 10]);
});

Deno.test("Pace cuts again for a request that was sent after the cut, once fewer run", () => {
  const { places, pace } = paceOf(20);
  pace.throttled({ sentMs: 0, nowMs: 100 });
  pace.throttled({ sentMs: 150, nowMs: 250 });
  assertEquals(places.limit, 17);
  places.running = 17;
  pace.throttled({ sentMs: 150, nowMs: 250 });
  assertEquals(places.limit, 14);
});

Deno.test("Pace never goes below one, and back up to the limit that it began with", () => {
  const { places, pace } = paceOf(20);
  for (let nowMs = 0; nowMs < 10_000; nowMs += 100) {
    pace.throttled({ sentMs: nowMs, nowMs: nowMs + 50 });
    places.running = places.limit;
  }
  assertEquals(places.limit, 1);
  for (let nowMs = 10_000; nowMs < 20_000; nowMs += 10) pace.succeeded(nowMs);
  assertEquals(places.limit, 20);
});

Deno.test("Pace raises the limit by one when all tasks of it have gone well, however long that took", () => {
  const { places, pace } = paceOf(20);
  pace.throttled({ sentMs: 0, nowMs: 0 });
  for (let ends = 1; ends < 17; ends++) pace.succeeded(3_600_000 + ends);
  assertEquals(places.limit, 17);
  pace.succeeded(7_200_000);
  assertEquals(places.limit, 18);
  for (let ends = 1; ends <= 18; ends++) pace.succeeded(7_200_000 + ends);
  assertEquals(places.limit, 18, "18 tasks within a tenth of a second show nothing");
});

Deno.test("Pace stays for long at what the server bore, and goes beyond", () => {
  const { places, pace } = paceOf(40);
  for (let refused = 0; refused < 8; refused++) pace.throttled({ sentMs: 0, nowMs: 0 });
  const { limits, ends } = play({ places, pace }, { rateAt: (limit) => limit, tasks: 2_000 });
  assertEquals(limits, [28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
  assertEquals(ends[4], 800);
});

Deno.test("Pace takes what ran for what was borne where less ran than was allowed", () => {
  const { places, pace } = paceOf(40);
  places.running = 30;
  pace.throttled({ sentMs: 0, nowMs: 0 });
  assertEquals(places.limit, 26);
});

Deno.test("Pace (auto) doubles while throughput grows, up to the highest limit", () => {
  assertEquals(autoLimits((limit) => limit, 1_000), [20, 40, 80, 160, 256]);
});

Deno.test("Pace (auto) goes back, when a doubling brings little, to a quarter more than fills the pipe", () => {
  assertEquals(autoLimits((limit) => Math.min(limit, 45), 300), [20, 40, 80, 57]);
  assertEquals(autoLimits(() => 1, 100), [20, 40, 25]);
  assertEquals(autoLimits((limit) => 1 / limit, 100), [20, 40, 25]);
});

Deno.test("Pace (auto) tries less and more in turn, and less again for as long as it costs nothing", () => {
  const limits = autoLimits((limit) => Math.min(limit, 80), 3_000);
  assertEquals(limits.slice(0, 9), [20, 40, 80, 160, 100, 80, 64, 80, 100]);
});

Deno.test("Pace (auto) doubles again when a trial of more pays", () => {
  let most = 40;
  const auto = paceOf(20, 256);
  const rateAt = (limit: number) => Math.min(limit, most);
  assertEquals(play(auto, { rateAt, tasks: 250 }).limits, [20, 40, 80, 50]);
  most = 1_000;
  assertEquals(play(auto, { rateAt, tasks: 1_500 }).limits, [50, 40, 50, 63, 126, 252, 256]);
});

for (const noise of [0, 0.3]) {
  Deno.test(`Pace (auto, 100 ms of latency, noise ${noise}) is over twice as fast as 20`, () => {
    const run = { ...AUTO, noise, manners: [{ latencyMs: 100, perSecond: 600 }] };
    assertLessOrEqual(2 * simulate(run).elapsedMs, best(run, [20]));
  });

  Deno.test(`Pace (auto, hardly a latency, noise ${noise}) is as fast as 20`, () => {
    const run = { ...AUTO, noise, manners: [{ latencyMs: 1, perSecond: 600 }] };
    assertLessOrEqual(simulate(run).elapsedMs, 1.01 * best(run, [20]));
  });

  for (const throttleAbove of [16, 32, 64]) {
    Deno.test(`Pace (auto, throttled above ${throttleAbove}, noise ${noise}) comes near the best fixed limit`, () => {
      const run = { ...AUTO, noise, manners: [{ latencyMs: 100, perSecond: 600, throttleAbove }] };
      const { elapsedMs, throttledAtMs, requests } = simulate(run);
      assertLessOrEqual(elapsedMs, 1.2 * best(run, [throttleAbove - 1, throttleAbove]));
      const later = throttledAtMs.filter((atMs) => atMs > 1_000);
      assertLessOrEqual(later.length, 0.01 * requests);
    });
  }

  Deno.test(`Pace (auto, noise ${noise}) follows a latency that rises, and a capacity that falls`, () => {
    const { meanLimit } = simulate({
      ...AUTO,
      tasks: 12_550,
      noise,
      manners: [
        { latencyMs: 10, perSecond: 600 },
        { fromMs: 5_000, latencyMs: 200, perSecond: 600 },
        { fromMs: 12_000, latencyMs: 50, perSecond: 300 },
      ],
    });
    assertLessOrEqual(meanLimit(1_000, 5_000), 30);
    assertLessOrEqual(100, meanLimit(10_000, 12_000));
    assertLessOrEqual(meanLimit(28_000, 32_000), 60);
  });

  Deno.test(`Pace (auto, noise ${noise}) finds out that throttling has ended, or begun`, () => {
    const free = { latencyMs: 100, perSecond: 1_000 };
    const { meanLimit, elapsedMs } = simulate({
      ...AUTO,
      tasks: 12_550,
      noise,
      manners: [
        { ...free, throttleAbove: 32 },
        { ...free, fromMs: 5_000 },
        { ...free, fromMs: 15_000, throttleAbove: 16 },
      ],
    });
    assertLessOrEqual(meanLimit(1_000, 5_000), 32);
    assertLessOrEqual(75, meanLimit(11_000, 15_000));
    assertLessOrEqual(meanLimit(20_000, elapsedMs), 20);
  });
}

Deno.test("Pace never goes beyond the highest limit", () => {
  const { limits } = simulate({
    tasks: 12_550,
    begin: 20,
    highest: 100,
    manners: [{ latencyMs: 500, perSecond: 10_000 }],
  });
  assertEquals(Math.max(...limits.map(({ limit }) => limit)), 100);
});
