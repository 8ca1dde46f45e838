import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";
import { type RunOptions, runTasks, type TaskFailure, type Verdict } from "../../lib/load/tasks.ts";

/** Options under which an error's message is its verdict. */
function optionsOf(limit: number, more: Partial<RunOptions<string>> = {}) {
  const told: TaskFailure<string>[] = [];
  const options: RunOptions<string> = {
    semaphore: new Semaphore(limit),
    signal: new AbortController().signal,
    verdictOf: (error) => (error as Error).message as Verdict,
    onFailure: (failure) => void told.push(failure),
    ...more,
  };
  return { options, told };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Works that end when they are told, and the order in which they started. */
function manualWork() {
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const work = (task: string) => {
    started.push(task);
    ends.set(task, Promise.withResolvers<void>());
    return ends.get(task)!.promise;
  };
  const end = async (task: string, error?: Error) => {
    if (error) ends.get(task)!.reject(error);
    else ends.get(task)!.resolve();
    await settled();
  };
  return { started, work, end };
}

Deno.test("runTasks() starts the tasks in order and never more than the limit at once", async () => {
  const { started, work, end } = manualWork();
  const run = runTasks(["a", "b", "c", "d"], work, optionsOf(2).options);
  await settled();
  assertEquals(started, ["a", "b"]);
  await end("b");
  assertEquals(started, ["a", "b", "c"]);
  await end("a");
  assertEquals(started, ["a", "b", "c", "d"]);
  await end("c");
  await end("d");
  assertEquals(await run, []);
});

Deno.test("runTasks() tells the semaphore how many bytes a task holds", async () => {
  const { started, work, end } = manualWork();
  const bytesOf = (task: string) => task.length;
  const { options } = optionsOf(9, { semaphore: new Semaphore(9, 4), bytesOf });
  const run = runTasks(["aa", "bb", "cccc"], work, options);
  await settled();
  assertEquals(started, ["aa", "bb"]);
  await end("aa");
  assertEquals(started, ["aa", "bb"]);
  await end("bb");
  assertEquals(started, ["aa", "bb", "cccc"]);
  await end("cccc");
  assertEquals(await run, []);
});

Deno.test("runTasks() never runs more than the limit, whatever fails", async () => {
  const plan = fc.array(fc.constantFrom<Verdict | "done">("done", "again", "never"));
  await fc.assert(fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), async (ends, limit) => {
    let [running, most] = [0, 0];
    const tries = new Map<number, number>();
    const { options } = optionsOf(limit);
    const failures = await runTasks(ends.map((_, i) => i), async (i) => {
      most = Math.max(most, ++running);
      tries.set(i, (tries.get(i) ?? 0) + 1);
      await settled();
      running--;
      if (ends[i] !== "done") throw new Error(ends[i]);
    }, options as unknown as RunOptions<number>);
    assert(most <= limit && running === 0);
    assertEquals(most, Math.min(limit, ends.length));
    const wanted = ends.flatMap((end, i) => end === "done" ? [] : [i]);
    assertEquals(failures.map(({ task }) => task).sort((a, b) => a - b), wanted);
    assertEquals(ends.map((_, i) => tries.get(i)), ends.map((end) => end === "again" ? 3 : 1));
  }));
});

Deno.test("runTasks() tries a failed task again when all others are through", async () => {
  const calls: string[] = [];
  const { options, told } = optionsOf(1);
  const failures = await runTasks(["a", "b", "c"], (task) => {
    calls.push(task);
    const isBad = task === "a" || task === "b" && calls.length < 5;
    return isBad ? Promise.reject(new Error("again")) : Promise.resolve();
  }, options);
  assertEquals(calls, ["a", "b", "c", "a", "b", "a"]);
  assertEquals(failures.map(({ task }) => task), ["a"]);
  assertEquals(told, failures);
});

Deno.test("runTasks() does not try a task again that can never succeed", async () => {
  const calls: string[] = [];
  const { options, told } = optionsOf(4);
  const error = new Error("never");
  const failures = await runTasks(["a", "b"], (task) => {
    calls.push(task);
    return task === "a" ? Promise.reject(error) : Promise.resolve();
  }, options);
  assertEquals(calls, ["a", "b"]);
  assertEquals([failures, told], [[{ task: "a", error }], [{ task: "a", error }]]);
});

Deno.test("runTasks() tells of a failure when it is final, not when it is tried again", async () => {
  const { options, told } = optionsOf(1);
  const counts: number[] = [];
  await runTasks(["a"], () => {
    counts.push(told.length);
    return Promise.reject(new Error("again"));
  }, options);
  assertEquals([counts, told.length], [[0, 0, 0], 1]);
});

Deno.test("runTasks() takes what a work throws at once like a rejection", async () => {
  const { options } = optionsOf(1);
  const failures = await runTasks(["a", "b"], (task) => {
    if (task === "a") throw new Error("never");
    return Promise.resolve();
  }, options);
  assertEquals(failures.map(({ task }) => task), ["a"]);
});

Deno.test("runTasks() of none does nothing", async () => {
  assertEquals(
    await runTasks([], () => Promise.reject(new Error("never")), optionsOf(1).options),
    [],
  );
});

Deno.test("runTasks() ends with a fatal error when the running works have ended", async () => {
  const { started, work, end } = manualWork();
  const signals: AbortSignal[] = [];
  const { options, told } = optionsOf(2);
  const run = runTasks(["a", "b", "c"], (task, signal) => {
    signals.push(signal);
    return work(task);
  }, options);
  let isOver = false;
  run.catch(() => {}).finally(() => isOver = true);
  await settled();
  const error = new Error("fatal");
  await end("a", error);
  assertEquals([isOver, signals.map(({ aborted }) => aborted)], [false, [true, true]]);
  await end("b", new Error("again"));
  assertEquals(await assertRejects(() => run), error);
  assertEquals([started, told], [["a", "b"], []]);
});

Deno.test("runTasks() rejects with the first of several fatal errors", async () => {
  const errors = [new Error("fatal"), new Error("fatal")];
  const { options } = optionsOf(2);
  const run = runTasks(["0", "1"], (task) => Promise.reject(errors[Number(task)]), options);
  assert(await assertRejects(() => run) === errors[0]);
});

Deno.test("runTasks() ends with what a caller that is told of a failure throws", async () => {
  const error = new Error("no");
  const onFailure = () => {
    throw error;
  };
  const { options } = optionsOf(1, { onFailure });
  const run = runTasks(["a", "b"], () => Promise.reject(new Error("never")), options);
  assert(await assertRejects(() => run) === error);
});

Deno.test("runTasks() rejects with the reason of an abort, and starts nothing more", async () => {
  const { started, work, end } = manualWork();
  const controller = new AbortController();
  const { options, told } = optionsOf(2, { signal: controller.signal });
  const run = runTasks(["a", "b", "c"], work, options);
  let isOver = false;
  run.catch(() => {}).finally(() => isOver = true);
  await settled();
  const reason = new Error("enough");
  controller.abort(reason);
  await settled();
  assertEquals(isOver, false);
  await end("a");
  await end("b", new Error("never"));
  assert(await assertRejects(() => run) === reason);
  assertEquals([started, told], [["a", "b"], []]);
});

Deno.test("runTasks() starts nothing when it was aborted before", async () => {
  const { started, work } = manualWork();
  const { options } = optionsOf(2, { signal: AbortSignal.abort(new Error("enough")) });
  await assertRejects(() => runTasks(["a"], work, options), Error, "enough");
  assertEquals(started, []);
});

Deno.test("runTasks() makes no further pass after an abort in the last work", async () => {
  const controller = new AbortController();
  let calls = 0;
  const { options } = optionsOf(1, { signal: controller.signal });
  const run = runTasks(["a", "b"], (task) => {
    calls++;
    if (task === "b") controller.abort(new Error("enough"));
    return Promise.reject(new Error("again"));
  }, options);
  await assertRejects(() => run, Error, "enough");
  assertEquals(calls, 2);
});
