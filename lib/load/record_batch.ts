/**
 * Records finished files together: one append to each journal for several of them.
 *
 * @module
 */

import { KeptRecord, type RecordHead } from "../cache/record.ts";
import { givingWay } from "../concurrency/give_way.ts";

/** Where records are kept, all that are given at once or none. */
export interface RecordStore {
  /** Records that survive the end of the process when this returns. */
  addAll(records: readonly KeptRecord[]): void;
  /** Records that are to be folded in soon, and survive nothing before. */
  defer(records: readonly KeptRecord[]): void;
}

/** One finished file: what each store is to record of it, and what to do once that is safe. */
export interface UnrecordedFile {
  readonly head: RecordHead;
  readonly stores: readonly RecordStore[];
  /** The rows for each of the stores, as JSON. */
  readonly rows: readonly string[];
  /** Whether the file itself is kept, so that its records can be had again without a GET. */
  readonly isKept: boolean;
  /** Called once no end of the process can make the file be fetched again. */
  readonly onSafe: () => void;
}

/** For each as many journals that a file is recorded in, one more file is waited for. */
const JOURNALS_A_FILE = 8;

/** How long the records of kept files may wait for their journals. */
const HOLD_MS = 5_000;

/**
 * Records finished files, several at a time, and the rest when it is disposed of. No file
 * counts as done before it is safe.
 *
 * An append costs about the same for one record as for many. So that a run over hundreds of
 * symbols does not append hundreds of times for each file, files are recorded together the
 * more, the more journals there are. A file that is kept anyway is safe at once then, and its
 * records wait for a few seconds; a short run has nothing in its journals, and folds all in.
 */
export class RecordBatch implements AsyncDisposable {
  readonly #saveEvery: number;
  #files: UnrecordedFile[] = [];
  /** Those of them that are safe by being kept. */
  readonly #safe = new Set<UnrecordedFile>();
  readonly #now: () => number;
  #flushedAtMs: number;
  /** Resolves when all that was given is there, or has failed. */
  #given: Promise<void> = Promise.resolve();

  /**
   * @param saveEvery how many files are recorded together; for many symbols a multiple of it.
   * @param now the time in milliseconds.
   */
  constructor(saveEvery: number, now: () => number = () => performance.now()) {
    this.#saveEvery = saveEvery;
    this.#now = now;
    this.#flushedAtMs = now();
  }

  /** @throws {StorageError} when the disk does not take the records; no file is done then. */
  async add(file: UnrecordedFile): Promise<void> {
    this.#files.push(file);
    const times = Math.ceil(file.stores.length / JOURNALS_A_FILE) || 1;
    if (times > 1 && file.isKept) {
      this.#safe.add(file);
      file.onSafe();
    }
    const isDue = this.#files.length - this.#safe.size >= this.#saveEvery * times;
    if (isDue || this.#now() - this.#flushedAtMs >= HOLD_MS) await this.#flush();
  }

  /**
   * Gives the records that wait to their stores, which are about to be folded in, in the order
   * in which entries have them: so most of them need not be sorted.
   *
   * @throws {StorageError} when the disk does not take those that are not safe.
   */
  async flushDeferred(): Promise<void> {
    if (this.#safe.size < this.#files.length) return await this.#flush();
    this.#files.sort(({ head: a }, { head: b }) => a.key < b.key ? -1 : 1);
    await this.#give((store, records) => store.defer(records));
  }

  /** @throws {StorageError} when the disk does not take what is left. */
  async [Symbol.asyncDispose]() {
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const waiting = this.#files.filter((file) => !this.#safe.has(file));
    await this.#give((store, records) => store.addAll(records));
    for (const { onSafe } of waiting) onSafe();
  }

  /** Empties the batch into the stores, when what was in it before is there. */
  async #give(take: (store: RecordStore, records: readonly KeptRecord[]) => void): Promise<void> {
    const files = this.#files;
    this.#files = [];
    this.#safe.clear();
    this.#flushedAtMs = this.#now();
    const given = this.#given.then(() => giveAll(files, take));
    this.#given = given.catch(() => {});
    await given;
  }
}

/** Gives each store its records, of which there may be millions in all. */
async function giveAll(
  files: readonly UnrecordedFile[],
  take: (store: RecordStore, records: readonly KeptRecord[]) => void,
): Promise<void> {
  const giveWay = givingWay();
  const byStore = new Map<RecordStore, KeptRecord[]>();
  for (const { head, stores, rows } of files) {
    await giveWay();
    stores.forEach((store, i) => {
      byStore.getOrInsertComputed(store, () => []).push(new KeptRecord(head, rows[i]!));
    });
  }
  for (const [store, records] of byStore) {
    await giveWay();
    take(store, records);
  }
}
