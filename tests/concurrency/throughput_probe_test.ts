import { assertEquals } from "@std/assert";
import { ThroughputProbe } from "../../lib/concurrency/throughput_probe.ts";

/** A climb from 20, and the limits that it goes through when throughput is like this. */
function climbOf(rateAt: (limit: number) => number) {
  const climb = new ThroughputProbe({ lowest: 20, highest: 256 });
  let limit = 20;
  return {
    climb,
    rounds: (count: number) =>
      Array.from({ length: count }, () => limit = climb.next({ limit, rate: rateAt(limit) })),
  };
}

Deno.test("ThroughputProbe doubles while throughput grows, up to the highest limit", () => {
  const { rounds } = climbOf((limit) => limit);
  assertEquals(rounds(7), [40, 80, 160, 256, 256, 256, 256]);
});

Deno.test("ThroughputProbe goes back, when a doubling brings little, to a quarter more than fills the pipe", () => {
  assertEquals(climbOf((limit) => Math.min(limit, 45)).rounds(3), [40, 80, 57]);
  assertEquals(climbOf(() => 1).rounds(2), [40, 25]);
  assertEquals(climbOf((limit) => 1 / limit).rounds(2), [40, 25]);
});

Deno.test("ThroughputProbe tries more and less in turn, after longer and longer when it fails", () => {
  const { rounds } = climbOf((limit) => Math.min(limit, 80));
  assertEquals(rounds(3), [40, 80, 160]);
  assertEquals(rounds(6), [100, 100, 100, 100, 125, 100]);
  assertEquals(rounds(10), [...Array(7).fill(100), 80, 64, 80]);
  assertEquals(rounds(9), [...Array(7).fill(80), 100, 80]);
  for (const next of [64, 100]) assertEquals(rounds(17), [...Array(15).fill(80), next, 80]);
});

Deno.test("ThroughputProbe goes down for as long as less costs a twentieth at most", () => {
  let most = 90;
  const { rounds } = climbOf((limit) => Math.min(limit, most));
  assertEquals(rounds(4), [40, 80, 160, 113]);
  most = 40;
  assertEquals(rounds(5), [113, 113, 113, 142, 113]);
  assertEquals(rounds(14), [...Array(7).fill(113), 90, 72, 57, 45, 36, 45, 45]);
});

Deno.test("ThroughputProbe doubles again when a trial of more pays", () => {
  let most = 40;
  const { rounds } = climbOf((limit) => Math.min(limit, most));
  assertEquals(rounds(3), [40, 80, 50]);
  most = 1_000;
  assertEquals(rounds(6), [50, 50, 50, 63, 126, 252]);
});

Deno.test("ThroughputProbe begins the trials anew when throughput changes by itself", () => {
  let pace = 1;
  const { rounds } = climbOf((limit) => pace * Math.min(limit, 20));
  assertEquals(rounds(7), [40, 25, 25, 25, 25, 32, 25]);
  assertEquals(rounds(3), [25, 25, 25]);
  pace = 0.5;
  assertEquals(rounds(5), [25, 25, 25, 25, 20]);
});

Deno.test("ThroughputProbe holds where it is told to, below its lowest limit too, and goes up from there", () => {
  const { climb } = climbOf(() => 1);
  climb.hold();
  const limits = [10, 10, 10, 10].map((limit) => climb.next({ limit, rate: 1 }));
  assertEquals(limits, [10, 10, 10, 13]);
});
