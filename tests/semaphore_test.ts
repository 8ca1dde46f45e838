import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Semaphore } from "../lib/semaphore.ts";

/** Tasks that end when they are told, and how many have started. */
function manualTasks() {
  const ends: (() => void)[] = [];
  const task = () => new Promise<void>((resolve) => void ends.push(resolve));
  return { ends, task };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("Semaphore runs at most its limit at once, in order", async () => {
  const semaphore = new Semaphore(2);
  const { ends, task } = manualTasks();
  const runs = [1, 2, 3, 4].map(() => semaphore.run(task));
  await settled();
  assertEquals([ends.length, semaphore.running], [2, 2]);
  ends[0]!();
  await settled();
  assertEquals([ends.length, semaphore.running], [3, 2]);
  ends[1]!();
  ends[2]!();
  await settled();
  ends[3]!();
  await Promise.all(runs);
  assertEquals(semaphore.running, 0);
});

Deno.test("Semaphore admits more at once when its limit rises, and fewer when it falls", async () => {
  const semaphore = new Semaphore(1);
  const { ends, task } = manualTasks();
  const runs = [1, 2, 3, 4].map(() => semaphore.run(task));
  await settled();
  assertEquals(ends.length, 1);
  semaphore.limit = 3;
  await settled();
  assertEquals(ends.length, 3);
  semaphore.limit = 1;
  ends[0]!();
  ends[1]!();
  await settled();
  assertEquals(ends.length, 3);
  ends[2]!();
  await settled();
  assertEquals(ends.length, 4);
  ends[3]!();
  await Promise.all(runs);
});

Deno.test("Semaphore gives the place back when a task throws", async () => {
  const semaphore = new Semaphore(1);
  await assertRejects(
    () => semaphore.run(() => Promise.reject(new Error("no"))),
    Error,
    "no",
  );
  assertEquals(await semaphore.run(() => Promise.resolve(7)), 7);
});

Deno.test("Semaphore forgets a waiter whose signal aborts", async () => {
  const semaphore = new Semaphore(1);
  const { ends, task } = manualTasks();
  const controller = new AbortController();
  const first = semaphore.run(task);
  const second = semaphore.run(task, controller.signal);
  const third = semaphore.run(task);
  controller.abort(new Error("enough"));
  await assertRejects(() => second, Error, "enough");
  await assertRejects(
    () => semaphore.run(task, controller.signal),
    Error,
    "enough",
  );
  ends[0]!();
  await settled();
  ends[1]!();
  await Promise.all([first, third]);
  assertEquals(ends.length, 2);
});

Deno.test("Semaphore refuses a limit below one", () => {
  for (const limit of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => new Semaphore(limit),
      RangeError,
      `Cannot limit to ${limit} tasks`,
    );
  }
});
