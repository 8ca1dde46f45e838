/**
 * A bucket, a real NATS server, and workers of an export that are processes.
 *
 * @module
 */

import { assert } from "@std/assert";
import { exportBy, exportDataset, type ExportResult } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { FleetConnection, type FleetKeys } from "../../lib/fleet/connection.ts";
import { performByFleet, runExportWorker } from "../../lib/fleet/export_job.ts";
import type { generateStockDays } from "../../fixtures/flat_files.ts";
import { filesUnder, KEYS, World } from "../program/harness.ts";
import { type NatsOptions, NatsServer } from "./nats_server.ts";
import { command } from "./plain_run.ts";

/** How long a worker may say nothing of a task. */
const ACK_WAIT_MS = 2_000;

/** After this long nothing comes any more: a test is to fail, and not to wait for ever. */
const PATIENCE_MS = 60_000;

type StockDays = ReturnType<typeof generateStockDays>;

/** A process of the program. */
export interface Running {
  readonly kill: (signal: Deno.Signal) => void;
  /** How it ended, and what it said. */
  readonly ended: Promise<Deno.CommandOutput>;
}

/** A bucket, a NATS server, and what works on them. */
export class Fleet implements AsyncDisposable {
  readonly files: StockDays;
  readonly world: World;
  readonly nats: NatsServer;
  readonly #running: Running[] = [];

  constructor(files: StockDays, world: World, nats: NatsServer) {
    this.files = files;
    this.world = world;
    this.nats = nats;
  }

  static async open(
    files: StockDays,
    options: Parameters<typeof World.open>[1] = {},
    nats: NatsOptions = {},
  ): Promise<Fleet> {
    const world = await World.open([files], options);
    return new Fleet(files, world, await NatsServer.start(nats));
  }

  get lake(): string {
    return `${this.world.home}/lake`;
  }

  startWorker(...more: readonly string[]): Running {
    return this.startWorkerAt(this.nats.url, ...more);
  }

  /** Starts one that asks the server by another way. */
  startWorkerAt(url: string, ...more: readonly string[]): Running {
    return this.start(["worker", url, ...more]);
  }

  /** Starts the program. */
  start(args: readonly string[]): Running {
    const process = command(this.world, args, { streams: "piped" }).spawn();
    const kill = (signal: Deno.Signal) => {
      try {
        process.kill(signal);
      } catch {
        // It has ended.
      }
    };
    const running = { kill, ended: process.output() };
    this.#running.push(running);
    return running;
  }

  /** Works in this process, soon again on what fails, until it is disposed of. */
  workHere(
    { keys, place, fetch }: { keys?: FleetKeys; place?: string; fetch?: typeof globalThis.fetch } =
      {},
  ): AsyncDisposable & { readonly ended: Promise<void> } {
    const stop = new AbortController();
    const run = async () => {
      await using fleet = await FleetConnection.open({ url: this.nats.url, keys, name: "here" });
      await runExportWorker({
        ...this.#source(),
        ...{ fleet, slots: 2, signal: stop.signal, delayMs: 1, fetch },
        openTarget: (given) => Promise.resolve(new FolderTarget(place ?? given)),
      });
    };
    const ended = run();
    return {
      ended,
      async [Symbol.asyncDispose]() {
        stop.abort(new Error("the worker ends"));
        await ended;
      },
    };
  }

  /** Exports as `flatfetch export --fleet` does, but with a shorter wait for silent workers. */
  async export(
    { atOnce = 16, detach = false, signal, format }: {
      atOnce?: number;
      format?: "csv.gz";
      detach?: boolean;
      signal?: AbortSignal;
    } = {},
  ): Promise<ExportResult> {
    await using fleet = await FleetConnection.open({ url: this.nats.url, name: "coordinator" });
    const place = this.lake;
    const options = { fleet, place, atOnce, detach, ackWaitMs: ACK_WAIT_MS };
    await using target = new FolderTarget(place);
    return await exportBy(performByFleet(options), [this.files.dataset], {
      ...this.#source(),
      target,
      ...(signal && { signal }),
      ...(format && { format }),
    });
  }

  /** The same lake by this process alone, three files at once, as texts by path. */
  async expected(): Promise<Map<string, string>> {
    const folder = `${this.world.home}/alone`;
    await using target = new FolderTarget(folder);
    const { complete } = await exportDataset([this.files.dataset], {
      ...this.#source(),
      ...{ target, concurrency: 3 },
    });
    assert(complete);
    this.world.s3.clearRequests();
    return await contentOf(folder);
  }

  /** How many requests for objects have come. */
  begun(): number {
    return this.world.s3.requests.filter(({ operation }) => operation === "get").length;
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
    const lastMs = Date.now() + PATIENCE_MS;
    while ((await contentOf(this.lake)).size < count) {
      assert(Date.now() < lastMs, `There are no ${count} objects`);
      await soon();
    }
  }

  async [Symbol.asyncDispose]() {
    for (const { kill, ended } of this.#running) {
      kill("SIGKILL");
      await ended;
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

/** A moment. */
export const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The Parquet files of a folder, by their paths in it. */
export async function contentOf(folder: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const path of filesUnder(folder)) {
    if (!path.endsWith(".parquet")) continue;
    content.set(path.slice(folder.length), (await Deno.readFile(path)).toBase64());
  }
  return new Map([...content].sort(([a], [b]) => a < b ? -1 : 1));
}
