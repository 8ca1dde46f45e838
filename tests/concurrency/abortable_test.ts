/**
 * The end of a wait.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { abortable } from "../../lib/concurrency/abortable.ts";

class Stop extends Error {}

Deno.test("abortable() gives what the promise gives, and leaves no listener at the signal", async () => {
  const signal = new CountedSignal();
  assertEquals(await abortable(Promise.resolve(7), signal), 7);
  await assertRejects(
    () => abortable(Promise.reject(new TypeError("no")), signal),
    TypeError,
    "no",
  );
  assertEquals(signal.listeners, 0);
});

Deno.test("abortable() rejects with the signal's reason while the promise is pending", async () => {
  const controller = new AbortController();
  const waiting = abortable(new Promise(() => {}), controller.signal);
  controller.abort(new Stop("enough"));
  await assertRejects(() => waiting, Stop, "enough");
});

Deno.test("abortable() prefers a signal that has aborted already to any result", async () => {
  const signal = AbortSignal.abort(new Stop("before"));
  await assertRejects(() => abortable(Promise.resolve(7), signal), Stop, "before");
});

Deno.test("abortable() takes up a rejection that comes after the abort", async () => {
  const late = Promise.withResolvers<never>();
  await assertRejects(() => abortable(late.promise, AbortSignal.abort(new Stop())), Stop);
  late.reject(new TypeError("nobody waits for it"));
  // An unhandled rejection fails the test before this turn of the event loop ends.
  await new Promise((resolve) => setTimeout(resolve));
});

/** A signal that counts who listens to it. */
class CountedSignal extends EventTarget implements AbortSignal {
  listeners = 0;
  readonly aborted = false;
  readonly reason = undefined;
  onabort = null;

  throwIfAborted(): void {}

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}
