import { assertEquals, assertRejects } from "@std/assert";
import { Gate, type GateOptions } from "../../lib/http/gate.ts";

/** A gate whose n-th question is answered as told; the last word holds for all that follow. */
function gateOf(answers: readonly boolean[], options: Partial<GateOptions> = {}) {
  const asked = { count: 0 };
  const gate: Gate = new Gate({
    random: () => 0,
    ask: () => {
      const isAnswered = answers[Math.min(asked.count++, answers.length - 1)];
      if (isAnswered) gate.answered();
      return Promise.resolve(true);
    },
    ...options,
  });
  return { gate, asked };
}

Deno.test("Gate.blame() asks nothing when something was answered since the request was sent", async () => {
  const { gate, asked } = gateOf([false]);
  using _closing = gate;
  const sentMs = performance.now();
  gate.answered();
  assertEquals(await gate.blame(sentMs), "request");
  assertEquals(asked.count, 0);
});

Deno.test("Gate.blame() is the request's when the server answers a question", async () => {
  const { gate, asked } = gateOf([true]);
  using _closing = gate;
  assertEquals(await gate.blame(performance.now()), "request");
  assertEquals(asked.count, 1);
});

Deno.test("Gate.blame() is unknown for a server that never answered", async () => {
  const { gate, asked } = gateOf([false]);
  using _closing = gate;
  assertEquals(await gate.blame(performance.now()), "unknown");
  await gate.pass();
  assertEquals([asked.count, gate.hasAnswered], [1, false]);
});

Deno.test("Gate holds requests back until a question is answered; all failures meanwhile ask together", async () => {
  const told: boolean[] = [];
  const away = Promise.withResolvers<void>();
  const { gate, asked } = gateOf([false, false, false, true], {
    onAway: (isAway) => {
      told.push(isAway);
      away.resolve();
    },
  });
  using _closing = gate;
  gate.answered();
  const sentMs = performance.now() + 1;
  const blames = Array.from({ length: 20 }, () => gate.blame(sentMs));
  await away.promise;
  const passing = gate.pass().then(() => asked.count);
  assertEquals(new Set(await Promise.all(blames)), new Set(["outage"]));
  assertEquals([asked.count, await passing, told], [4, 4, [true, false]]);
});

Deno.test("Gate opens at once when a request that was under way is answered", async () => {
  const { gate } = gateOf([false], { onAway: (isAway) => isAway && gate.answered() });
  using _closing = gate;
  gate.answered();
  assertEquals(await gate.blame(performance.now() + 1), "outage");
});

Deno.test("Gate gives a server up after its patience, and knows it no more", async () => {
  const { gate } = gateOf([false], { patienceMs: 1 });
  using _closing = gate;
  gate.answered();
  assertEquals(await gate.blame(performance.now() + 1), "unknown");
  assertEquals(gate.hasAnswered, false);
});

Deno.test("Gate lets go of who waits when that one's signal aborts, and of all when it ends", async () => {
  const stop = new AbortController();
  const { gate } = gateOf([false], { onAway: (isAway) => isAway && away.resolve() });
  const away = Promise.withResolvers<void>();
  gate.answered();
  const blame = gate.blame(performance.now() + 1);
  await away.promise;
  const passing = gate.pass(stop.signal);
  stop.abort(new Error("enough"));
  await assertRejects(() => passing, Error, "enough");
  gate[Symbol.dispose]();
  assertEquals(await blame, "unknown");
});

Deno.test("Gate.blame() is unknown when there is nothing to ask for", async () => {
  const { gate } = gateOf([false], { ask: () => Promise.resolve(false) });
  using _closing = gate;
  gate.answered();
  assertEquals(await gate.blame(performance.now() + 1), "unknown");
});
