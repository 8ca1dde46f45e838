import { assertEquals } from "@std/assert";
import { givingWay } from "../../lib/concurrency/give_way.ts";

Deno.test("givingWay() lets a timer run when the thread was held for 50 ms, and not before", async () => {
  const clock = { ms: 0 };
  const giveWay = givingWay(() => clock.ms);
  const { promise, resolve } = Promise.withResolvers<void>();
  let isRun = false;
  setTimeout(() => {
    isRun = true;
    resolve();
  });
  clock.ms = 49;
  for (let i = 0; i < 100; i++) await giveWay();
  assertEquals(isRun, false);
  clock.ms = 50;
  await giveWay();
  assertEquals(isRun, true);
  await promise;
});
