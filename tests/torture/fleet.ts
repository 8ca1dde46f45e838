/**
 * Fleets on a real NATS server at full size: an export whose machines die, stop and lose each other,
 * and very many tasks that cost nothing.
 *
 * @module
 */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { unit } from "../../fixtures/random.ts";
import { FleetConnection } from "../../lib/fleet/connection.ts";
import { followJob, publishJob } from "../../lib/fleet/coordinator.ts";
import { statusOf } from "../../lib/fleet/jobs.ts";
import { type FleetTask, jobId } from "../../lib/fleet/protocol.ts";
import { contentOf, Fleet, type Running, soon } from "../fleet/export_fleet.ts";
import { Machines } from "../fleet/machines.ts";
import { NatsServer } from "../fleet/nats_server.ts";
import { Wire } from "../fleet/wire.ts";

/** What is exported, and how often something of it ends meanwhile. */
export interface FleetRound {
  /** The last of the days; the first is 2020-01-02. */
  readonly to: string;
  readonly disasters: number;
  readonly seed: number;
}

/** A worker that has begun has 70 MB; the rest is the room that the engine takes for garbage. */
const MOST_MB = 200;
const SLOTS = 2;
const WORKERS = 4;
/** Longer than the server waits for a worker that says nothing. */
const STOPPED_MS = 3_000;

/** Plays one export; throws when the lake is not that of one machine. */
export async function playFleet({ to, disasters, seed }: FleetRound): Promise<unknown> {
  const files = generateStockDays({ from: "2020-01-02", to });
  let drawn = 0;
  const random = () => unit(seed, drawn++);
  await using fleet = await Fleet.open(files, { latencyMs: 150 });
  const expected = await fleet.expected();
  using wire = new Wire(fleet.nats.port);
  const startMs = performance.now();
  await fleet.export({ detach: true });
  const args = ["export", files.dataset, "--into", fleet.lake, "--fleet", fleet.nats.url];
  let coordinator = fleet.start(args);
  const start = () => fleet.startWorker("--slots", `${SLOTS}`);
  const workers = Array.from({ length: WORKERS - 1 }, start);
  // The last one is behind a network.
  fleet.startWorkerAt(wire.url, "--slots", `${SLOTS}`);
  const any = () => Math.floor(random() * workers.length);
  const replace = async (signal: Deno.Signal) => {
    const at = any();
    workers[at]!.kill(signal);
    await workers[at]!.ended;
    workers[at] = start();
  };
  /** What may be fetched again after each. */
  const kinds: Readonly<Record<string, readonly [again: number, play: () => Promise<void>]>> = {
    "worker killed": [SLOTS, () => replace("SIGKILL")],
    "worker told to end": [SLOTS, () => replace("SIGTERM")],
    "worker stopped": [SLOTS, () => stop(workers[any()]!)],
    "server killed": [SLOTS * WORKERS, async () => {
      await fleet.nats.kill();
      await fleet.nats.restart();
    }],
    "coordinator killed": [0, async () => {
      coordinator.kill("SIGKILL");
      await coordinator.ended;
      coordinator = fleet.start(args);
    }],
    "network cut": [SLOTS, () => Promise.resolve(wire.cut())],
    "network dead": [SLOTS, async () => {
      wire.drop();
      await wait(STOPPED_MS);
      wire.cut();
    }],
  };
  const names = Object.keys(kinds);
  const played: Record<string, number> = {};
  let again = 0;
  for (let i = 0; i < disasters; i++) {
    await fleet.untilThere(Math.ceil(expected.size * (i + 1) / (disasters + 2)));
    // Each kind once before any comes twice.
    const name = names[i < names.length ? i : Math.floor(random() * names.length)]!;
    const [more, play] = kinds[name]!;
    await play();
    again += more;
    played[name] = (played[name] ?? 0) + 1;
  }
  const { code, stderr } = await coordinator.ended;
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const elapsedMs = performance.now() - startMs;
  assertEquals(await contentOf(fleet.lake), expected);
  const counts = [...fleet.gets().values()];
  const twice = counts.reduce((sum, count) => sum + count, 0) - expected.size;
  assertLessOrEqual(twice, again, "objects fetched again");
  return { files: expected.size, ...played, twice, allowed: again, seconds: seconds(elapsedMs) };
}

async function stop({ kill }: Running): Promise<void> {
  kill("SIGSTOP");
  await wait(STOPPED_MS);
  kill("SIGCONT");
}

/** Hands over very many tasks that cost nothing; throws when that takes long, or much memory. */
export async function playManyTasks(count: number): Promise<unknown> {
  await using server = await NatsServer.start();
  await using machines = await Machines.open(server.url);
  await using fleet = await FleetConnection.open({ url: server.url, name: "coordinator" });
  const job = { id: jobId("many"), title: "many", wants: {}, atOnce: 100 };
  const tasks = function* (): Generator<FleetTask> {
    for (let i = 0; i < count; i++) yield { key: `file-${i}`, bytes: 1, work: {} };
  };
  const signal = new AbortController().signal;
  const startMs = performance.now();
  const ids = await publishJob(fleet, job, { tasks: tasks(), signal });
  const publishedMs = performance.now() - startMs;
  assertLessOrEqual(publishedMs, 60_000);
  const publishing = memory(Deno.pid);
  const workers = Array.from({ length: WORKERS }, (_, i) => machines.start(`worker-${i}`));
  const early: number[] = [];
  let ended = 0;
  for await (const { status } of followJob(fleet, job, { ids, signal })) {
    assertEquals(status, "done");
    if (++ended === Math.floor(count / 5)) early.push(...workers.map(({ pid }) => memory(pid)));
  }
  const drainedMs = performance.now() - startMs - publishedMs;
  const late = workers.map(({ pid }) => memory(pid));
  while ((await statusOf(fleet, job))!.running > 0) await soon();
  const { waiting, running } = (await statusOf(fleet, job))!;
  assertEquals([ended, waiting, running], [count, 0, 0]);
  // Of a hundred thousand tasks that were kept, each worker would have 25,000.
  assertLessOrEqual(Math.max(...late), MOST_MB);
  return {
    ...{ tasks: count, publish: seconds(publishedMs), drain: seconds(drainedMs) },
    ...{
      coordinatorMb: [publishing, memory(Deno.pid)],
      workersMb: [Math.max(...early), Math.max(...late)],
    },
  };
}

/** MB of memory that a process has now. */
function memory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_000);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (ms: number) => Math.round(ms / 100) / 10;
