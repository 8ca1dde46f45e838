/** A fleet on a real NATS server: what ends, stops or cuts any part of it loses no task. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError, TemporaryError, UsageError } from "../../lib/errors.ts";
import { parseFleetUrl } from "../../lib/fleet/address.ts";
import { FleetConnection } from "../../lib/fleet/connection.ts";
import { connect } from "../../lib/deps/nats.ts";
import { followJob, leaveJob, publishJob } from "../../lib/fleet/coordinator.ts";
import { endJob, listJobs, setAtOnce, statusOf } from "../../lib/fleet/jobs.ts";
import { Pacer } from "../../lib/fleet/pacer.ts";
import {
  CONSUMER,
  encodeTask,
  type FleetTask,
  type Job,
  jobId,
  MAX_TRIES,
  namesOf,
  type Outcome,
} from "../../lib/fleet/protocol.ts";
import { runWorker, type WorkEnd, type WorkerOptions } from "../../lib/fleet/worker.ts";
import { Machines } from "./machines.ts";
import { HAS_SERVER, NatsServer } from "./nats_server.ts";
import { Wire } from "./wire.ts";

const ignore = !HAS_SERVER;
// deno-lint-ignore no-console
if (ignore) console.warn("Skipped: no nats-server is installed, which a fleet is tested with");

const never = new AbortController().signal;
const ACK_WAIT_MS = 2_000;

function jobOf(name: string, atOnce = 8): Job {
  return { id: jobId(name), title: name, wants: {}, atOnce };
}

function tasksOf(count: number, work: FleetTask["work"] = {}): FleetTask[] {
  return Array.from({ length: count }, (_, i) => ({ key: `file-${i}`, bytes: 10, work }));
}

/** A job that is published, and what of it ended. */
async function publish(fleet: FleetConnection, job: Job, tasks: readonly FleetTask[]) {
  const ids = await publishJob(fleet, job, { tasks, signal: never, ackWaitMs: ACK_WAIT_MS });
  return {
    ids,
    outcomes: Array.fromAsync(followJob(fleet, job, { ids, signal: never })),
  };
}

/** A worker in this process, until it is disposed of. */
function startWorker(
  url: string,
  options: Partial<WorkerOptions> & Pick<WorkerOptions, "work">,
  name = "here",
): AsyncDisposable {
  const stop = new AbortController();
  const run = async () => {
    await using fleet = await FleetConnection.open({ url, name });
    const judge = (error: unknown) => ({
      kind: "again" as const,
      reason: (error as Error).message,
    });
    await runWorker(fleet, { slots: 2, judge, graceMs: 100, ...options, signal: stop.signal });
  };
  const ended = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the worker ends"));
      await ended;
    },
  };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The last task is acknowledged after its outcome; one that is not would be handed out again. */
async function untilNothingRuns(fleet: FleetConnection, job: Job): Promise<void> {
  while ((await statusOf(fleet, job))!.running > 0) await soon();
  assertEquals((await fleet.manager.streams.info(namesOf(job.id).tasks)).state.messages, 0);
}

const statuses = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(
    [...Map.groupBy(outcomes, ({ status }) => status)].map(([status, of]) => [status, of.length]),
  );

Deno.test("parseFleetUrl() wants TLS but on this machine, and no password in the URL", () => {
  assertEquals(parseFleetUrl("nats://127.0.0.1"), { host: "127.0.0.1", port: 4222, isTls: false });
  assertEquals(parseFleetUrl("tls://n.example:443"), { host: "n.example", port: 443, isTls: true });
  for (
    const url of ["nats://n.example", "http://localhost", "localhost", "nats://u:secret@localhost"]
  ) {
    const error = (() => {
      try {
        parseFleetUrl(url);
      } catch (error) {
        return error;
      }
    })();
    assert(error instanceof UsageError, url);
    assert(!error.message.includes("secret"), error.message);
  }
});

Deno.test("FleetConnection.open() says where no server answers", async () => {
  const options = { url: "nats://127.0.0.1:1", name: "here" };
  await assertRejects(() => FleetConnection.open(options), TemporaryError, "at 127.0.0.1:1");
});

Deno.test({
  name: "FleetConnection.open() tells refused credentials from a server without JetStream",
  ignore,
  async fn() {
    await using server = await NatsServer.start({ args: ["--user", "u", "--pass", "p"] });
    const { url } = server;
    await assertRejects(
      () => FleetConnection.open({ url, name: "here" }),
      ConfigurationError,
      "refuses the credentials",
    );
    const keys = { kind: "user", user: "u", password: "p" } as const;
    await using _fleet = await FleetConnection.open({ url, name: "here", keys });
    await using plain = await NatsServer.start({ jetstream: false });
    await assertRejects(
      () => FleetConnection.open({ url: plain.url, name: "here" }),
      ConfigurationError,
      "has no JetStream",
    );
  },
});

Deno.test({
  name:
    "a fleet does each task once, at most so many at once over all workers, and says how each ended",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    let [running, most] = [0, 0];
    const done: string[] = [];
    const work = async ({ key }: FleetTask) => {
      most = Math.max(most, ++running);
      await soon();
      running--;
      done.push(key);
      return { rows: 3 };
    };
    const job = jobOf("once", 3);
    await using _one = startWorker(server.url, { work, slots: 4 }, "one");
    await using _two = startWorker(server.url, { work, slots: 4 }, "two");
    const { outcomes } = await publish(fleet, job, [...tasksOf(40), ...tasksOf(40)]);
    const ended = await outcomes;
    assertEquals([statuses(ended), done.length, new Set(done).size], [{ done: 40 }, 40, 40]);
    assertEquals([most, ended.reduce((sum, { rows }) => sum + rows, 0)], [3, 120]);
    await untilNothingRuns(fleet, job);
    const { waiting, done: count, failed } = (await statusOf(fleet, job))!;
    assertEquals([waiting, count, failed], [0, 40, 0]);
    await endJob(fleet, job);
    assertEquals([await listJobs(fleet), await statusOf(fleet, job)], [[], undefined]);
  },
});

Deno.test({
  name: "a fleet tries a task that always fails five times, names it, and does the rest",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const tries = new Map<string, number>();
    const work = ({ key, work }: FleetTask) => {
      tries.set(key, (tries.get(key) ?? 0) + 1);
      if (work.fails) throw new Error("it cannot be done");
      return Promise.resolve({ rows: 1 });
    };
    await using _worker = startWorker(server.url, { work, delayMs: 1 });
    const bad = { key: "bad", bytes: 1, work: { fails: true } };
    const job = jobOf("fails");
    const { outcomes } = await publish(fleet, job, [bad, ...tasksOf(5)]);
    const ended = await outcomes;
    assertEquals([statuses(ended), tries.get("bad")], [{ done: 5, failed: 1 }, MAX_TRIES]);
    const failed = ended.find(({ status }) => status === "failed");
    assertEquals([failed?.key, failed?.reason], ["bad", "it cannot be done"]);
    await untilNothingRuns(fleet, job);
  },
});

Deno.test({
  name: "a fleet goes on while the limit is changed, and lowers it when the source throttles",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("throttled", 8);
    let throttled = 0;
    const work = async () => {
      await soon();
      if (throttled++ < 3) throw new Error("slow down");
      return { rows: 1 };
    };
    const judge = () => ({ kind: "throttled" as const, reason: "slow down" });
    await using _worker = startWorker(server.url, { work, judge, slots: 3, delayMs: 1 });
    const { outcomes } = await publish(fleet, job, tasksOf(20));
    assertEquals(statuses(await outcomes), { done: 20 });
    assertEquals((await statusOf(fleet, job))?.limit, 4);
    await setAtOnce(fleet, job, 6);
    assertEquals((await statusOf(fleet, job))?.limit, 6);
    assertEquals((await listJobs(fleet)).map(({ atOnce }) => atOnce), [6]);
  },
});

Deno.test({
  name:
    "a fleet ends alike when workers are killed, stopped and continued, told to end, and come late",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using machines = await Machines.open(server.url);
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("ended", 16);
    const { outcomes } = await publish(fleet, job, tasksOf(60, { waitMs: 150 }));
    // Slow enough to have something in hand when the signal comes, however busy this machine is.
    const [killed, stopped, ended] = ["killed", "stopped", "ended"].map((name) =>
      machines.start(name, 2_000)
    ) as [Deno.ChildProcess, Deno.ChildProcess, Deno.ChildProcess];
    await machines.untilBegun("killed");
    killed.kill("SIGKILL");
    await machines.untilBegun("stopped");
    stopped.kill("SIGSTOP");
    await machines.untilBegun("ended");
    ended.kill("SIGTERM");
    assertEquals((await ended.status).code, 0);
    machines.start("late");
    assertEquals(statuses(await outcomes), { done: 60 });
    // What the stopped worker had in hand was done by another one; now it does that once more.
    const begun = await machines.begun();
    const before = await machines.done();
    const taken = [...before].filter(([key, name]) =>
      name !== "stopped" && begun.includes(`${key} stopped`)
    );
    assert(taken.length > 0);
    stopped.kill("SIGCONT");
    for (const [key] of taken) {
      while ((await machines.done()).get(key) !== "stopped") await soon();
    }
    stopped.kill("SIGTERM");
    assertEquals((await stopped.status).code, 0);
    const { waiting, running, done, failed } = (await statusOf(fleet, job))!;
    assertEquals([waiting, running, done, failed], [0, 0, 60, 0]);
    assertEquals((await machines.done()).size, 60);
  },
});

Deno.test({
  name:
    "a worker that is told to end gives a task that comes then back at once, and begins nothing",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const begun: string[] = [];
    const workOf = (name: string) => ({ key }: FleetTask) => {
      begun.push(`${key} ${name}`);
      return Promise.resolve({ rows: 1 });
    };
    const job = jobOf("told to end");
    // Longer than the test may take: nobody else gets a task that is not given back.
    await publishJob(fleet, job, { tasks: [], signal: never, ackWaitMs: 600_000 });
    const first = startWorker(server.url, { work: workOf("first"), slots: 1 }, "first");
    while ((await statusOf(fleet, job))!.idle === 0) await soon();
    const ending = first[Symbol.asyncDispose]();
    const { id, text } = encodeTask(tasksOf(1)[0]!);
    await fleet.client.publish(namesOf(job.id).taskSubject, text, { msgID: id });
    await ending;
    await using _second = startWorker(server.url, { work: workOf("second") }, "second");
    const ids = new Set([id]);
    const ended = await Array.fromAsync(followJob(fleet, job, { ids, signal: never }));
    assertEquals([begun, ended.map(({ worker }) => worker)], [["file-0 second"], ["second"]]);
  },
});

Deno.test({
  name: "a fleet ends alike when the server is killed and started again",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using machines = await Machines.open(server.url);
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const { outcomes } = await publish(fleet, jobOf("server"), tasksOf(60, { waitMs: 50 }));
    machines.start("one");
    machines.start("two");
    for (const name of ["one", "two"]) await machines.untilBegun(name);
    await server.kill();
    await server.restart();
    assertEquals(statuses(await outcomes), { done: 60 });
    assertEquals((await machines.done()).size, 60);
  },
});

Deno.test({
  name:
    "a fleet's coordinator that comes back finds what was done without it, and publishes nothing twice",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    const done: string[] = [];
    const work = async ({ key }: FleetTask) => {
      await soon();
      done.push(key);
      return { rows: 1 };
    };
    const job = jobOf("comes back");
    {
      await using fleet = await FleetConnection.open({ url: server.url, name: "first" });
      await publishJob(fleet, job, { tasks: tasksOf(30), signal: never });
    }
    await using _worker = startWorker(server.url, { work });
    while (done.length < 10) await soon();
    await using fleet = await FleetConnection.open({ url: server.url, name: "second" });
    const { outcomes } = await publish(fleet, job, tasksOf(30));
    assertEquals(statuses(await outcomes), { done: 30 });
    assertEquals([done.length, new Set(done).size], [30, 30]);
  },
});

Deno.test({
  name: "a fleet ends alike when the connection between a worker and the server is cut",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    using wire = new Wire(server.port);
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const done: string[] = [];
    const work = async ({ key }: FleetTask) => {
      await soon();
      done.push(key);
      if (done.length === 10) wire.cut();
      return { rows: 1 };
    };
    await using _worker = startWorker(wire.url, { work });
    const { outcomes } = await publish(fleet, jobOf("cut"), tasksOf(40));
    assertEquals(statuses(await outcomes), { done: 40 });
    assertEquals(new Set(done).size, 40);
  },
});

Deno.test({
  name: "a job that is cancelled ends for its coordinator and its workers",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("cancelled");
    const begun = new Set<string>();
    const returned: string[] = [];
    const cancelled = Promise.withResolvers<{ rows: number }>();
    // One is dropped, the other one is done when nobody wants it any more.
    const work = ({ key }: FleetTask, signal: AbortSignal) => {
      begun.add(key);
      if (key === "file-1") return cancelled.promise;
      const { promise, reject } = Promise.withResolvers<{ rows: number }>();
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    };
    const onEnd = ({ key }: FleetTask, end: WorkEnd) => {
      returned.push(`${key} ${end.kind}: ${end.kind === "done" ? end.rows : end.reason}`);
    };
    await using _worker = startWorker(server.url, { work, onEnd });
    const { outcomes } = await publish(fleet, job, tasksOf(2));
    while (begun.size < 2) await soon();
    await endJob(fleet, job);
    cancelled.resolve({ rows: 1 });
    await assertRejects(() => outcomes, TemporaryError, "cancelled");
    const late = AbortSignal.timeout(10_000);
    while (returned.length < 2 && !late.aborted) await soon();
    assertEquals(returned.sort(), [
      "file-0 returned: the job was cancelled",
      "file-1 returned: its outcome is not taken: Cannot go on: the job was cancelled",
    ]);
  },
});

Deno.test({
  name: "followJob() says so when nothing is left to do, and outcomes are lost",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("lost");
    const ids = await publishJob(fleet, job, { tasks: tasksOf(3), signal: never });
    await using _worker = startWorker(server.url, { work: () => Promise.resolve({ rows: 1 }) });
    while ((await statusOf(fleet, job))!.done < 3) await soon();
    await untilNothingRuns(fleet, job);
    await fleet.manager.streams.purge(namesOf(job.id).outcomes, { seq: 3 });
    const found: Outcome[] = [];
    const following = async () => {
      for await (const one of followJob(fleet, job, { ids, signal: never })) found.push(one);
    };
    await assertRejects(following, TemporaryError, "the outcomes of 2 tasks are lost");
    assertEquals(found.length, 1);
  },
});

Deno.test({
  name: "publishJob() says so when the job is cancelled meanwhile",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("cancelled early");
    let ending: Promise<void> | undefined;
    const tasks = tasksOf(5_000).values().map((task) => {
      ending ??= endJob(fleet, job);
      return task;
    });
    await assertRejects(
      () => publishJob(fleet, job, { tasks, signal: never }),
      TemporaryError,
      "the job was cancelled",
    );
    await ending;
  },
});

Deno.test({
  name: "a worker leaves a job alone that wants what it has not, and says so once",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const leftAlone: string[] = [];
    const done: string[] = [];
    const workOf = (name: string) => ({ key }: FleetTask) => {
      done.push(`${key} ${name}`);
      return Promise.resolve({ rows: 1 });
    };
    const other = { ...jobOf("of another bucket"), wants: { files: "there" } };
    await publishJob(fleet, other, { tasks: tasksOf(1), signal: never });
    const onLeftAlone = ({ title }: Job) => void leftAlone.push(title);
    const job = { ...jobOf("of this bucket"), wants: { files: "here" } };
    const { outcomes } = await publish(fleet, job, [{ key: "one", bytes: 1, work: {} }]);
    const has = { files: "here" };
    await using _here = startWorker(server.url, { work: workOf("here"), has, onLeftAlone });
    await outcomes;
    assertEquals([done, leftAlone], [["one here"], ["of another bucket"]]);
  },
});

Deno.test({
  name: "a worker that can do no task gives its task back, and ends with what has shown it",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("unfit");
    const { outcomes } = await publish(fleet, job, tasksOf(30));
    let begun = 0;
    const unfit = runWorker(fleet, {
      ...{ slots: 3, signal: never },
      judge: () => ({ kind: "unfit", reason: "the keys are refused" }),
      work: () => {
        begun++;
        return Promise.reject(new ConfigurationError("the keys are refused"));
      },
    });
    await assertRejects(() => unfit, ConfigurationError, "the keys are refused");
    await using _fit = startWorker(server.url, { work: () => Promise.resolve({ rows: 1 }) });
    assertEquals(statuses(await outcomes), { done: 30 });
    assert(begun <= 3, `${begun} were begun`);
  },
});

Deno.test({
  name: "a job of which nothing is left keeps no worker from the others",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const empty = ["1", "2", "3"].map((name) => jobOf(name));
    for (const job of empty) await publishJob(fleet, job, { tasks: [], signal: never });
    const job = jobOf("busy");
    const { outcomes } = await publish(fleet, job, tasksOf(20));
    const spy = await connect({ servers: [`127.0.0.1:${server.port}`] });
    const asked: string[] = [];
    spy.subscribe("$JS.API.CONSUMER.MSG.NEXT.>", {
      callback: (_, { subject }) => void asked.push(subject.split(".")[5]!),
    });
    await spy.flush();
    const done = Promise.withResolvers<void>();
    let left = 20;
    const work = () => {
      if (--left === 0) done.resolve();
      return Promise.resolve({ rows: 1 });
    };
    await using _worker = startWorker(server.url, { work, slots: 1 });
    await done.promise;
    await spy.close();
    // Each of these would have waited for a second.
    const waited = empty.filter(({ id }) => asked.includes(namesOf(id).tasks));
    assertEquals([waited, asked.includes(namesOf(job.id).tasks)], [[], true]);
    assertEquals(statuses(await outcomes), { done: 20 });
  },
});

Deno.test({
  name: "publishJob() leaves the limit of a job under way as it is, unless one is given",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("comes again", 20);
    const options = { tasks: tasksOf(3), signal: never };
    const limits: unknown[] = [];
    const look = async () => {
      const { limit, atOnce } = (await statusOf(fleet, (await listJobs(fleet))[0]!))!;
      limits.push([limit, atOnce]);
    };
    await publishJob(fleet, job, options);
    await setAtOnce(fleet, job, 3);
    await publishJob(fleet, job, options);
    await look();
    await publishJob(fleet, job, { ...options, atOnce: 7 });
    await look();
    assertEquals(limits, [[3, 3], [7, 7]]);
  },
});

Deno.test({
  name: "leaveJob() ends a job that is done, and not one that somebody else has more work in",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("of two");
    const second = Promise.withResolvers<{ rows: number }>();
    const work = ({ key }: FleetTask) =>
      key === "later" ? second.promise : Promise.resolve({ rows: 1 });
    await using _worker = startWorker(server.url, { work });
    const mine = await publish(fleet, job, tasksOf(3));
    const theirs = await publish(fleet, job, [{ key: "later", bytes: 1, work: {} }]);
    assertEquals(statuses(await mine.outcomes), { done: 3 });
    await leaveJob(fleet, job);
    assertEquals((await listJobs(fleet)).length, 1);
    second.resolve({ rows: 1 });
    assertEquals(statuses(await theirs.outcomes), { done: 1 });
    await leaveJob(fleet, job);
    assertEquals(await listJobs(fleet), []);
  },
});

Deno.test({
  name: "a worker and a coordinator end when the server takes them in no more",
  ignore,
  async fn() {
    await using server = await NatsServer.start({ args: ["--user", "u", "--pass", "old"] });
    const keys = { kind: "user", user: "u", password: "old" } as const;
    await using fleet = await FleetConnection.open({ url: server.url, name: "here", keys });
    const work = () => Promise.resolve({ rows: 1 });
    const judge = () => ({ kind: "again", reason: "" } as const);
    const worker = runWorker(fleet, { slots: 2, signal: never, work, judge });
    await server.kill();
    await server.restart(["--user", "u", "--pass", "new"]);
    await assertRejects(() => worker, ConfigurationError, "refuses the credentials");
    await assertRejects(() => listJobs(fleet), ConfigurationError, "refuses the credentials");
  },
});

Deno.test({
  name: "publishJob() says what the server says when it has no room, or takes no task of this size",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "flatfetch-nats-" });
    const config = `${folder}/server.conf`;
    const storage = `jetstream { store_dir: "${folder}", max_file_store: 50000 }`;
    await Deno.writeTextFile(config, `max_payload: 100000\n${storage}`);
    await using server = await NatsServer.start({ args: ["-c", config], jetstream: false });
    await using fleet = await FleetConnection.open({ url: server.url, name: "here" });
    const publishing = (length: number, count: number) =>
      publishJob(fleet, jobOf(`${length}`), {
        tasks: tasksOf(count, { text: "x".repeat(length) }),
        signal: never,
      });
    await assertRejects(() => publishing(90_000, 2), TemporaryError, "resource");
    await assertRejects(() => publishing(200_000, 1), TemporaryError, "max_payload");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "Pacer lowers a limit once for a fleet and raises it again, whatever the clocks say",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
    const job = jobOf("paced", 16);
    await publishJob(fleet, job, { tasks: tasksOf(1), signal: never });
    let nowMs = 0;
    const [one, ahead, late] = [0, 3_600_000, -3_600_000].map((skewMs) =>
      new Pacer(fleet, () => nowMs + skewMs)
    ) as [Pacer, Pacer, Pacer];
    const limit = async () => (await statusOf(fleet, job))!.limit;
    await Promise.all([ahead.throttled(job), ahead.throttled(job)]);
    await one.throttled(job);
    assertEquals(await limit(), 8);
    nowMs += 2_000;
    await one.throttled(job);
    await ahead.throttled(job);
    assertEquals(await limit(), 4);
    // Whoever has lowered it is gone: one that was never throttled takes it up again.
    const { config } = await fleet.manager.consumers.info(namesOf(job.id).tasks, CONSUMER);
    late.saw(job, config);
    for (const wanted of [4, 5, 5, 6]) {
      await late.succeeded(job);
      assertEquals(await limit(), wanted);
      nowMs += 15_000;
      if (wanted === 4) nowMs += 15_000;
    }
  },
});
