import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";

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
  const second = semaphore.run(task, { signal: controller.signal });
  const third = semaphore.run(task);
  controller.abort(new Error("enough"));
  await assertRejects(() => second, Error, "enough");
  await assertRejects(
    () => semaphore.run(task, { signal: controller.signal }),
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

/** Runs tasks of these sizes by name; each ends when it is told. */
function sized(semaphore: Semaphore) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number, signal?: AbortSignal) =>
    semaphore.run(() => {
      started.push(name);
      return new Promise<void>((resolve) => void ends.set(name, resolve));
    }, { bytes, signal });
  const end = async (name: string) => {
    ends.get(name)!();
    await settled();
  };
  return { started, start, end };
}

Deno.test("Semaphore bounds the bytes too, and lets no small task overtake a large one", async () => {
  const semaphore = new Semaphore(10, 100);
  const { started, start, end } = sized(semaphore);
  const runs = [start("a", 40), start("b", 40), start("large", 80), start("c", 1)];
  await settled();
  assertEquals([started, semaphore.bytes], [["a", "b"], 80]);
  await end("a");
  assertEquals(started, ["a", "b"]);
  await end("b");
  assertEquals([started, semaphore.bytes], [["a", "b", "large", "c"], 81]);
  await end("large");
  await end("c");
  await Promise.all(runs);
  assertEquals([semaphore.running, semaphore.bytes], [0, 0]);
});

Deno.test("Semaphore runs a task alone that holds more than all may", async () => {
  const { started, start, end } = sized(new Semaphore(10, 100));
  const runs = [start("a", 1), start("huge", 101), start("none", 0)];
  await settled();
  assertEquals(started, ["a"]);
  await end("a");
  assertEquals(started, ["a", "huge"]);
  await end("huge");
  assertEquals(started, ["a", "huge", "none"]);
  await end("none");
  await Promise.all(runs);
});

Deno.test("Semaphore lets the next ones in when a large waiter gives up", async () => {
  const { started, start, end } = sized(new Semaphore(10, 100));
  const controller = new AbortController();
  const first = start("a", 60);
  const large = start("large", 80, controller.signal);
  const small = start("b", 40);
  await settled();
  assertEquals(started, ["a"]);
  controller.abort(new Error("enough"));
  await assertRejects(() => large, Error, "enough");
  assertEquals(started, ["a", "b"]);
  await end("a");
  await end("b");
  await Promise.all([first, small]);
});

Deno.test("Semaphore keeps order and both bounds whatever comes, and runs everything that stays", async () => {
  const task = fc.record({
    bytes: fc.integer({ min: 0, max: 12 }),
    turns: fc.integer({ min: 1, max: 5 }),
    givesUp: fc.option(fc.integer({ min: 0, max: 8 })),
  });
  const world = fc.record({
    tasks: fc.array(task, { maxLength: 30 }),
    limits: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
    maxBytes: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(fc.asyncProperty(world, async ({ tasks, limits, maxBytes }) => {
    let limit = limits[0]!;
    const semaphore = new Semaphore(limit, maxBytes);
    const started: number[] = [];
    const runs = tasks.map(({ bytes, turns, givesUp }, i) => {
      const controller = new AbortController();
      if (givesUp !== null) after(givesUp).then(() => controller.abort(i));
      return semaphore.run(async () => {
        started.push(i);
        assert(
          semaphore.running <= limit && semaphore.bytes <= maxBytes || semaphore.running === 1,
        );
        await after(turns);
      }, { bytes, signal: controller.signal });
    });
    for (const next of limits) {
      await after(2);
      // A lower limit holds for those who come later.
      limit = Math.max(next, semaphore.running);
      semaphore.limit = next;
    }
    limit = 6;
    const ends = await Promise.allSettled(runs);
    assertEquals(started, started.toSorted((a, b) => a - b));
    ends.forEach((end, i) => assertEquals(end.status === "fulfilled", started.includes(i)));
    ends.forEach((end, i) => assert(end.status === "fulfilled" || tasks[i]!.givesUp !== null));
    assertEquals([semaphore.running, semaphore.bytes], [0, 0]);
  }));
});

/** So many turns of the microtask queue later. */
async function after(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
}

Deno.test("Semaphore lends the place of a task that steps runOutsideLimit, once for each place", async () => {
  const semaphore = new Semaphore(1);
  const { ends, task } = manualTasks();
  const runs = [1, 2, 3].map(() => semaphore.run(({ runOutsideLimit }) => runOutsideLimit(task)));
  await settled();
  // The first has lent its place to the second, which keeps it, as too many are runOutsideLimit already.
  assertEquals([ends.length, semaphore.running], [2, 1]);
  ends[0]!();
  await settled();
  assertEquals(ends.length, 2);
  ends[1]!();
  await settled();
  ends[2]!();
  await Promise.all(runs);
  assertEquals(semaphore.running, 0);
});

Deno.test("Semaphore takes the place back at once when what was done runOutsideLimit is done", async () => {
  const semaphore = new Semaphore(1);
  const { ends, task } = manualTasks();
  const first = semaphore.run(async ({ runOutsideLimit }) => {
    await runOutsideLimit(() => Promise.resolve());
    await task();
  });
  const second = semaphore.run(task);
  await settled();
  assertEquals([ends.length, semaphore.running], [2, 2]);
  const third = semaphore.run(task);
  ends[1]!();
  await settled();
  assertEquals([ends.length, semaphore.running], [2, 1]);
  ends[0]!();
  await settled();
  ends[2]!();
  await Promise.all([first, second, third]);
});

Deno.test("Semaphore gives the next free place to a task whose work runOutsideLimit has failed", async () => {
  const semaphore = new Semaphore(1, 10);
  const { ends, task } = manualTasks();
  const order: string[] = [];
  const first = semaphore.run(async ({ runOutsideLimit }) => {
    await runOutsideLimit(() => Promise.reject(new Error("no"))).catch(() => {});
    order.push("first again");
    await task();
  }, { bytes: 9 });
  const second = semaphore.run(task);
  const third = semaphore.run(() => {
    order.push("third");
    return task();
  }, { bytes: 9 });
  await settled();
  assertEquals([ends.length, semaphore.running, order], [1, 1, []]);
  ends[0]!();
  await settled();
  assertEquals([ends.length, semaphore.running, order], [2, 1, ["first again"]]);
  ends[1]!();
  await settled();
  ends[2]!();
  await Promise.all([first, second, third]);
  assertEquals([order, semaphore.running, semaphore.bytes], [["first again", "third"], 0, 0]);
});

Deno.test("Semaphore lets a task that holds more than all may come back after a failure", async () => {
  const semaphore = new Semaphore(2, 10);
  const fail = () => Promise.reject(new Error("no"));
  const run = semaphore.run(({ runOutsideLimit }) => runOutsideLimit(fail), { bytes: 20 });
  const end = assertRejects(() => run, Error, "no");
  await settled();
  assertEquals([semaphore.running, semaphore.bytes], [0, 0]);
  await end;
});

Deno.test("Semaphore.runEach() runs a list in its order, within the limit, and ends with it", async () => {
  const semaphore = new Semaphore(2);
  const { ends, task } = manualTasks();
  const started: string[] = [];
  const all = semaphore.runEach(["a", "b", "c"], (name) => {
    started.push(name);
    return task();
  });
  const other = semaphore.run(task);
  await settled();
  assertEquals(started, ["a", "b"]);
  ends[0]!();
  await settled();
  assertEquals([started, ends.length], [["a", "b", "c"], 3]);
  for (const end of ends) end();
  await all;
  await settled();
  ends[3]!();
  await other;
  await semaphore.runEach([], () => Promise.reject(new Error("never")));
  assertEquals(semaphore.running, 0);
});

Deno.test("Semaphore.runEach() starts nothing after an abort and waits for what runs", async () => {
  const semaphore = new Semaphore(1);
  const { ends, task } = manualTasks();
  const controller = new AbortController();
  const all = semaphore.runEach(["a", "b"], task, { signal: controller.signal });
  let isEnded = false;
  const end = assertRejects(() => all, Error, "enough").then(() => isEnded = true);
  await settled();
  controller.abort(new Error("enough"));
  await settled();
  assertEquals([ends.length, isEnded], [1, false]);
  ends[0]!();
  await end;
  assertEquals([ends.length, semaphore.running], [1, 0]);
});

Deno.test("Semaphore.runEach() starts nothing after one has failed, and rejects with that", async () => {
  const semaphore = new Semaphore(2);
  const { ends, task } = manualTasks();
  const started: string[] = [];
  const all = semaphore.runEach(["fails", "b", "c"], (name) => {
    started.push(name);
    return name === "fails" ? Promise.reject(new Error("it fails")) : task();
  });
  const end = assertRejects(() => all, Error, "it fails");
  await settled();
  ends[0]!();
  await end;
  assertEquals([started, semaphore.running], [["fails", "b"], 0]);
});

Deno.test("Semaphore counts the bytes of a task that has stepped runOutsideLimit", async () => {
  const semaphore = new Semaphore(2, 10);
  const { ends, task } = manualTasks();
  const large = semaphore.run(({ runOutsideLimit }) => runOutsideLimit(task), { bytes: 20 });
  const small = semaphore.run(task, { bytes: 1 });
  await settled();
  assertEquals([ends.length, semaphore.bytes], [1, 20]);
  ends[0]!();
  await settled();
  ends[1]!();
  await Promise.all([large, small]);
  assertEquals(semaphore.bytes, 0);
});
