import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { TemporaryError } from "../../lib/errors.ts";
import { Watchdog } from "../../lib/load/watchdog.ts";

/** A clock that stands until it is told to go on, in place of the platform's. */
class StoppedClock implements Disposable {
  #nowMs = 1_000;
  readonly #timers = new Map<number, { run: () => void; everyMs: number; dueMs: number }>();
  readonly #platform = {
    now: performance.now,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  };

  constructor() {
    performance.now = () => this.#nowMs;
    const start = (run: () => void, everyMs: number) => {
      const id = this.#timers.size + 1;
      this.#timers.set(id, { run, everyMs, dueMs: this.#nowMs + everyMs });
      return id;
    };
    globalThis.setInterval = start as unknown as typeof setInterval;
    globalThis.clearInterval = (id) => void this.#timers.delete(id as number);
  }

  get timers(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.#nowMs++;
      for (const timer of this.#timers.values()) {
        if (this.#nowMs < timer.dueMs) continue;
        timer.dueMs += timer.everyMs;
        timer.run();
      }
    }
  }

  [Symbol.dispose](): void {
    performance.now = this.#platform.now;
    globalThis.setInterval = this.#platform.setInterval;
    globalThis.clearInterval = this.#platform.clearInterval;
  }
}

Deno.test("Watchdog aborts with a TemporaryError when it was not fed for its patience", () => {
  using clock = new StoppedClock();
  using watchdog = new Watchdog(120_000);
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
  using clock = new StoppedClock();
  using watchdog = new Watchdog(5_000);
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
  using clock = new StoppedClock();
  using watchdog = new Watchdog(5_000);
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
  using clock = new StoppedClock();
  using watchdog = new Watchdog(50);
  clock.pass(50);
  assertEquals(watchdog.signal.aborted, true);
});

Deno.test("Watchdog ends with its scope", () => {
  using clock = new StoppedClock();
  let signal: AbortSignal;
  {
    using watchdog = new Watchdog(1_000);
    signal = watchdog.signal;
    assertEquals(clock.timers, 1);
  }
  assertEquals(clock.timers, 0);
  clock.pass(10_000);
  assert(!signal.aborted);
});
