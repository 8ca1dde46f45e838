/**
 * `kill -9` at random moments of a run, and what the next run makes of what is left.
 *
 * A round kills a run into an empty cache at a moment that the seed chooses: some
 * milliseconds after a request at the server, or while the journal is folded in. Then it
 * reads from the disk what is recorded, runs again, and holds that run to it: the same
 * output as an undisturbed run's, from requests for exactly what was not recorded.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { hashText, mix, unit } from "../../fixtures/random.ts";
import { readJournal } from "../../lib/cache/journal.ts";
import { Place } from "./place.ts";
import { readEntry } from "../cache/samples.ts";

/** How often, and from which seed. */
export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** The share of the rounds that are aimed at folding-in. @default {0.4} */
  readonly aimed?: number;
}

/** What a kill left, in so many rounds. */
export interface KillReport {
  /** No record at all. */
  nothing: number;
  /** A journal and no cache entry. */
  journal: number;
  /** Both: the entry was written, the journal not yet removed. */
  both: number;
  /** The entry alone. */
  entry: number;
  /** An entry that was not yet renamed. */
  unfinishedEntry: number;
  /** A torn tail. */
  torn: number;
}

/** Rounds that run at the same time, each worker's with a server of its own. */
const WORKERS = 2;

/** Plays all rounds; throws when one of them ends otherwise than it must. */
export async function killRounds({ rounds, seed, aimed = 0.4 }: KillOptions): Promise<KillReport> {
  const report = { nothing: 0, journal: 0, both: 0, entry: 0, unfinishedEntry: 0, torn: 0 };
  let next = 0;
  const worker = async () => {
    await using place = await Place.open({ latencyMs: 1 });
    const undisturbed = await outputOfRun(place, "undisturbed", []);
    while (next < rounds) {
      const round = new Round(place, { number: next++, seed, aimed, undisturbed });
      await round.play(report);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return report;
}

class Round {
  readonly #place: Place;
  readonly #name: string;
  readonly #args: readonly string[];
  readonly #undisturbed: string;
  readonly #hash: number;
  readonly #aimed: number;

  constructor(
    place: Place,
    of: { number: number; seed: number; aimed: number; undisturbed: string },
  ) {
    this.#place = place;
    this.#aimed = of.aimed;
    this.#name = `round_${of.number} of seed ${of.seed}`;
    this.#hash = hashText(this.#name);
    this.#undisturbed = of.undisturbed;
    this.#args = this.#random(0) < 0.3 ? [] : ["--keep-limit", "0"];
  }

  async play(report: KillReport): Promise<void> {
    const place = this.#place;
    const reported = await this.#kill();
    const recorded = await this.#recorded(report);
    assert(recorded.size >= reported, `${this.#name}: ${reported} done, ${recorded.size} recorded`);
    const missing = await this.#missing(recorded);
    place.s3.clearRequests();
    const output = await outputOfRun(place, this.#name, this.#args);
    assertEquals(place.s3.takeGets(), missing, this.#name);
    assert(output === this.#undisturbed, `${this.#name}: other bytes`);
    const left = await Array.fromAsync(Deno.readDir(this.#folder));
    assertEquals(left.map(({ name }) => name).sort(), ["TSLA.lock", "TSLA.ndjson"], this.#name);
    await Deno.remove(this.#directory.path, { recursive: true });
  }

  get #directory() {
    return this.#place.cache(this.#name).directory;
  }

  /** The folder of the cache entry. */
  get #folder(): string {
    return this.#directory.folderPath("bars", this.#place.files.dataset);
  }

  /** Starts a run, kills it, and returns how many files it had reported as done. */
  async #kill(): Promise<number> {
    const { s3 } = this.#place;
    await Deno.mkdir(this.#folder, { recursive: true });
    s3.clearRequests();
    using fold = new Fold(this.#folder);
    const args = [...this.#args, "--progress-every", "1"];
    await using run = this.#place.load(args, { name: this.#name });
    await Promise.race([run.ended, this.#moment(fold)]);
    run.kill("SIGKILL");
    const { stderr } = await run.ended;
    await this.#place.quiet();
    return Number(Array.from(stderr.matchAll(/Progress: (\d+)\//g)).at(-1)?.[1] ?? 0);
  }

  async #moment(fold: Fold): Promise<void> {
    const { s3, keys } = this.#place;
    const isInFold = this.#random(1) < this.#aimed;
    const requests = 1 + mix(this.#hash, 2) % (keys.length + 1);
    await (isInFold ? fold.begun : s3.until(({ length }) => length >= requests));
    await new Promise((resolve) => setTimeout(resolve, this.#random(3) * (isInFold ? 4 : 8)));
  }

  /** The keys whose rows are on the disk, in journal or entry. */
  async #recorded(report: KillReport): Promise<Set<string>> {
    const path = this.#place.journalPath(this.#name);
    const journal = await readJournal(path);
    assert(journal !== "foreign", "a journal is one from its first line on");
    const entry = await readEntry(this.#directory.entryPath(this.#place.files.dataset, "TSLA"));
    assert(entry === undefined || entry.whole, "an entry is there whole or not at all");
    report[journal ? entry ? "both" : "journal" : entry ? "entry" : "nothing"]++;
    if (await isTorn(path, journal?.validBytes)) report.torn++;
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (name.endsWith(".tmp")) report.unfinishedEntry++;
    }
    return new Set([...journal?.records.keys() ?? [], ...entry?.records.keys() ?? []]);
  }

  /** The keys that the next run has to ask for: neither recorded nor kept. */
  async #missing(recorded: ReadonlySet<string>): Promise<string[]> {
    const missing: string[] = [];
    for (const key of this.#place.keys) {
      if (recorded.has(key) || await sizeOf(this.#directory.objectPath(key)) > 0) continue;
      missing.push(key);
    }
    return missing;
  }

  #random(n: number): number {
    return unit(this.#hash, n);
  }
}

/** Watches a folder for the first sign that a cache entry is being written. */
class Fold implements Disposable {
  readonly begun: Promise<void>;
  readonly #watcher: Deno.FsWatcher;

  constructor(folder: string) {
    this.#watcher = Deno.watchFs(folder, { recursive: false });
    this.begun = this.#begin();
  }

  async #begin(): Promise<void> {
    for await (const { paths } of this.#watcher) {
      if (paths.some((path) => path.endsWith(".tmp"))) return;
    }
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}

async function outputOfRun(place: Place, name: string, args: readonly string[]): Promise<string> {
  const { code, stderr } = await place.loadHere(args, { name });
  assertEquals(code, 0, `${name}: ${stderr}`);
  return await Deno.readTextFile(place.cache(name).output);
}

async function isTorn(path: string, validBytes = 0): Promise<boolean> {
  return await sizeOf(path) > validBytes;
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return await Deno.lstat(path).then(({ size }) => size, () => 0);
}
