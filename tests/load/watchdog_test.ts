import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { TemporaryError } from "../../lib/errors.ts";
import { type Clock, Watchdog } from "../../lib/load/run_connection.ts";

/** A clock that stands until it is made to go on. */
class StoppedClock implements Clock {
  #nowMs = 1_000;
  readonly #timers = new Set<{ run: () => void; everyMs: number; dueMs: number }>();

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  every(everyMs: number, run: () => void): Disposable {
    const timer = { run, everyMs, dueMs: this.#nowMs + everyMs };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  pass(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.#nowMs++;
      for (const timer of this.#timers) {
        if (this.#nowMs < timer.dueMs) continue;
        timer.dueMs += timer.everyMs;
        timer.run();
      }
    }
  }
}

Deno.test("Watchdog aborts with a TemporaryError when it was not fed for its patience", () => {
  const clock = new StoppedClock();
  using watchdog = new Watchdog(120_000, clock);
  clock.pass(119_999);
  assertEquals(watchdog.signal.aborted, false);
  clock.pass(1);
  assertInstanceOf(watchdog.signal.reason, TemporaryError);
  assertEquals(
    watchdog.signal.reason.message,
    "Cannot go on: nothing has arrived for 120 seconds",
  );
});

Deno.test("Watchdog waits its whole patience again whenever it is fed", () => {
  const clock = new StoppedClock();
  using watchdog = new Watchdog(5_000, clock);
  for (let i = 0; i < 10; i++) {
    clock.pass(4_999);
    watchdog.keepAlive();
  }
  clock.pass(4_999);
  assertEquals(watchdog.signal.aborted, false);
  clock.pass(1_001);
  assertEquals(watchdog.signal.aborted, true);
});

Deno.test("Watchdog counts no time of a pause, and all of its patience after it", () => {
  const clock = new StoppedClock();
  using watchdog = new Watchdog(5_000, clock);
  clock.pass(4_999);
  {
    using _one = watchdog.pause();
    {
      using _other = watchdog.pause();
      clock.pass(60_000);
    }
    clock.pass(60_000);
  }
  clock.pass(4_999);
  assertEquals(watchdog.signal.aborted, false);
  clock.pass(1_001);
  assertEquals(watchdog.signal.aborted, true);
});

Deno.test("Watchdog notices within its patience when that is less than a second", () => {
  const clock = new StoppedClock();
  using watchdog = new Watchdog(50, clock);
  clock.pass(50);
  assertEquals(watchdog.signal.aborted, true);
});

Deno.test("Watchdog ends with its scope", () => {
  const clock = new StoppedClock();
  let signal: AbortSignal;
  {
    using watchdog = new Watchdog(1_000, clock);
    signal = watchdog.signal;
    assertEquals(clock.timers, 1);
  }
  assertEquals(clock.timers, 0);
  clock.pass(10_000);
  assert(!signal.aborted);
});
