/**
 * Records finished files together: one append to each journal for several of them.
 *
 * @module
 */

import type { KeptRecord } from "./cache/record.ts";

/** Where records are kept, all that are given at once or none. */
export interface RecordStore {
  addAll(records: readonly KeptRecord[]): void;
}

/** One finished file: its record in each store, and what to do once they are there. */
export interface FinishedFile {
  readonly records: readonly { readonly store: RecordStore; readonly record: KeptRecord }[];
  readonly onRecorded: () => void;
}

/**
 * Holds finished files back until there are enough, and records the rest when it is
 * disposed of. No file counts as done before its records are appended.
 */
export class RecordBatch implements Disposable {
  readonly #saveEvery: number;
  #files: FinishedFile[] = [];

  /** @param saveEvery how many files are recorded together. */
  constructor(saveEvery: number) {
    this.#saveEvery = saveEvery;
  }

  /** @throws {StorageError} when the disk does not take the records; no file is done then. */
  add(file: FinishedFile): void {
    this.#files.push(file);
    if (this.#files.length >= this.#saveEvery) this.#flush();
  }

  /** @throws {StorageError} when the disk does not take what is left. */
  [Symbol.dispose]() {
    this.#flush();
  }

  #flush(): void {
    const files = this.#files;
    this.#files = [];
    const byStore = Map.groupBy(files.flatMap(({ records }) => records), ({ store }) => store);
    for (const [store, all] of byStore) store.addAll(all.map(({ record }) => record));
    for (const { onRecorded } of files) onRecorded();
  }
}
