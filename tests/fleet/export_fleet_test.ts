/** Exports by worker processes over a real NATS server, whatever of it ends meanwhile. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { exportBy, exportDataset, type ExportResult } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { FleetConnection } from "../../lib/fleet/connection.ts";
import { performByFleet } from "../../lib/fleet/export_job.ts";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { filesUnder, KEYS, World } from "../program/harness.ts";
import { HAS_SERVER, NatsServer } from "./nats_server.ts";
import { command, run } from "./plain_run.ts";

const ignore = !HAS_SERVER;
const DAYS = generateStockDays({ from: "2025-01-02", to: "2025-03-31" });
const { dataset } = DAYS;
const ACK_WAIT_MS = 2_000;

/** A bucket, a NATS server, and what works on them. */
class Fleet implements AsyncDisposable {
  readonly world: World;
  readonly nats: NatsServer;
  readonly #workers: Deno.ChildProcess[] = [];

  constructor(world: World, nats: NatsServer) {
    this.world = world;
    this.nats = nats;
  }

  static async open(options: Parameters<typeof World.open>[1] = {}): Promise<Fleet> {
    const world = await World.open([DAYS], options);
    return new Fleet(world, await NatsServer.start());
  }

  get lake(): string {
    return `${this.world.home}/lake`;
  }

  startWorker(...more: readonly string[]): Deno.ChildProcess {
    const worker = command(this.world, ["worker", this.nats.url, ...more], { streams: "null" })
      .spawn();
    this.#workers.push(worker);
    return worker;
  }

  /** Exports as `flatfetch export --fleet` does, but with a shorter wait for silent workers. */
  async export(
    { atOnce = 16, detach = false, signal }: {
      atOnce?: number;
      detach?: boolean;
      signal?: AbortSignal;
    } = {},
  ): Promise<ExportResult> {
    await using fleet = await FleetConnection.open({ url: this.nats.url, name: "coordinator" });
    const place = this.lake;
    const options = { fleet, place, atOnce, detach, ackWaitMs: ACK_WAIT_MS };
    await using target = new FolderTarget(place);
    return await exportBy(performByFleet(options), [dataset], {
      ...this.#source(),
      target,
      ...(signal && { signal }),
    });
  }

  /** The same lake by this process alone, as texts by path. */
  async expected(): Promise<Map<string, string>> {
    const folder = `${this.world.home}/alone`;
    await using target = new FolderTarget(folder);
    const { complete } = await exportDataset([dataset], { ...this.#source(), target });
    assert(complete);
    this.world.s3.clearRequests();
    return await contentOf(folder);
  }

  /** How often each object was fetched. */
  gets(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { operation, key, status } of this.world.s3.requests) {
      if (operation !== "get" || status !== 200) continue;
      counts.set(key!, (counts.get(key!) ?? 0) + 1);
    }
    return counts;
  }

  /** Waits until so many objects are there. */
  async untilThere(count: number): Promise<void> {
    while ((await contentOf(this.lake)).size < count) await soon();
  }

  async [Symbol.asyncDispose]() {
    for (const worker of this.#workers) {
      try {
        worker.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await worker.status;
    }
    await this.nats[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }

  #source() {
    const { url, cache } = this.world;
    const version = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
    return {
      endpoint: url,
      credentials: KEYS,
      cacheDirectory: cache,
      programVersion: version.version as string,
    };
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

async function contentOf(folder: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const path of filesUnder(folder)) {
    if (!path.endsWith(".parquet")) continue;
    content.set(path.slice(folder.length), (await Deno.readFile(path)).toBase64());
  }
  return new Map([...content].sort(([a], [b]) => a < b ? -1 : 1));
}

Deno.test({
  name:
    "four workers make the lake of one machine, each object once, never more at once than allowed",
  ignore,
  async fn() {
    await using fleet = await Fleet.open({ latencyMs: 20, throttleAbove: 3 });
    fleet.world.s3.latencyMs = 0;
    const expected = await fleet.expected().catch(() => undefined);
    fleet.world.s3.clearRequests();
    fleet.world.s3.latencyMs = 20;
    for (let i = 0; i < 4; i++) fleet.startWorker("--slots", "4");
    const result = await fleet.export({ atOnce: 3 });
    assertEquals([result.complete, result.written], [true, DAYS.dates.length]);
    assertEquals(fleet.world.s3.requests.filter(({ status }) => status === 503), []);
    assertEquals([...fleet.gets().values()], DAYS.dates.map(() => 1));
    if (expected) assertEquals(await contentOf(fleet.lake), expected);
    const again = await fleet.export();
    assertEquals([again.complete, again.written, again.planned.objects], [true, 0, 0]);
  },
});

Deno.test({
  name:
    "workers killed, stopped and told to end, a server and a coordinator that die: the same lake",
  ignore,
  async fn() {
    await using fleet = await Fleet.open({ latencyMs: 100 });
    const expected = await fleet.expected();
    const [killed, stopped, ended] = [1, 2, 3].map(() => fleet.startWorker("--slots", "2"));
    const dying = new AbortController();
    const first = fleet.export({ signal: dying.signal }).catch(() => undefined);
    await fleet.untilThere(6);
    killed!.kill("SIGKILL");
    stopped!.kill("SIGSTOP");
    dying.abort(new Error("the coordinator dies"));
    await first;
    await fleet.untilThere(12);
    ended!.kill("SIGTERM");
    assertEquals((await ended!.status).code, 143);
    await fleet.nats.kill();
    await fleet.nats.restart();
    fleet.startWorker("--slots", "2");
    const result = await fleet.export();
    stopped!.kill("SIGCONT");
    assertEquals(result.complete, true);
    assertEquals(await contentOf(fleet.lake), expected);
    const twice = [...fleet.gets().values()].filter((count) => count > 1).length;
    // Those that the killed, the stopped and the ended worker had in hand.
    assert(twice <= 6, `${twice} objects were fetched again`);
  },
});

Deno.test({
  name: "flatfetch export --fleet names a file that fails five times, does the rest, and exits 3",
  ignore,
  async fn() {
    await using fleet = await Fleet.open();
    const { world, nats } = fleet;
    const bad = DAYS.keyOf(DAYS.dates[5]!);
    world.s3.objects.put(bad, new TextEncoder().encode("this is no gzip at all"));
    fleet.startWorker("--slots", "2");
    const args = ["export", dataset, "--into", fleet.lake, "--fleet", nats.url];
    const { code, stderr } = await run(world, args);
    assertEquals(code, 3, stderr);
    assertMatch(stderr, new RegExp(`date=${DAYS.dates[5]}/part.parquet: its gzip is damaged`));
    assertEquals((await contentOf(fleet.lake)).size, DAYS.dates.length - 1);
    const status = await run(world, ["fleet", "status", nats.url, "--json"]);
    assertEquals(status.stdout, "[]\n");
  },
});

Deno.test({
  name: "flatfetch export --fleet --detach only hands the work over, in which no secret is",
  ignore,
  async fn() {
    await using fleet = await Fleet.open();
    const { world, nats } = fleet;
    const args = ["export", dataset, "--into", fleet.lake, "--fleet", nats.url, "--detach"];
    const { code, stderr } = await run(world, args);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /Handed 6\d files to the fleet/);
    const stored = await Array.fromAsync(filesUnder(nats.folder), (path) => Deno.readFile(path));
    const text = stored.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
    assert(text.includes("part.parquet"));
    for (const secret of Object.values(KEYS)) assert(!text.includes(secret));
    fleet.startWorker("--slots", "2");
    await fleet.untilThere(DAYS.dates.length);
  },
});
