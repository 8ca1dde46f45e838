/**
 * Appends to a journal, so that nothing finished is lost.
 *
 * The rules of writing are at the head of `journal.ts`.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { writeAllSync } from "./atomic_file.ts";
import { diskError, onDisk } from "./disk_error.ts";
import {
  headerLine,
  isSameJournal,
  type JournalContent,
  type JournalIdentity,
  readJournal,
  seedOf,
} from "./journal.ts";
import { sealLine } from "./line.ts";
import type { ObjectRecord } from "./record.ts";
import { removeFile } from "./removal.ts";

const SYNC_RECORDS = 16;
const SYNC_BYTES = 8 << 20;
const SYNC_AFTER_MS = 1_000;

/** A journal that its one writer appends to. Its file is made by the first append. */
export class JournalWriter implements AsyncDisposable {
  /** The valid records, by key: those found and those appended. */
  readonly records: Map<string, ObjectRecord>;
  /** What a user should know about what was found, in sentences. */
  readonly notices: readonly string[];
  readonly #path: string;
  readonly #of: JournalIdentity;
  #nonce: string;
  /** Where the next append begins. */
  #end: number;
  #file: Deno.FsFile | undefined;
  #unsyncedRecords = 0;
  #unsyncedBytes = 0;
  #syncing: Promise<void> = Promise.resolve();
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  /** A sync that failed, until it was reported. */
  #failure: Error | undefined;

  private constructor(
    path: string,
    of: JournalIdentity,
    found: Pick<JournalContent, "nonce" | "records" | "validBytes">,
    notices: readonly string[],
  ) {
    this.#path = path;
    this.#of = of;
    this.#nonce = found.nonce;
    this.#end = found.validBytes;
    this.records = found.records;
    this.notices = notices;
  }

  /**
   * Opens a journal for its writer, who holds the ticker's lock.
   *
   * @throws {JournalError} when its format is newer than this program.
   * @throws {StorageError} when it cannot be read, or moved aside.
   */
  static async open(path: string, of: JournalIdentity): Promise<JournalWriter> {
    const found = await readJournal(path);
    if (found === undefined) {
      return new JournalWriter(path, of, emptyContent(), []);
    }
    if (found === "foreign" || !isSameJournal(found.of, of)) {
      const aside = await moveAside(path);
      const notice = `A journal of something else was moved aside to ${quote(aside)}`;
      return new JournalWriter(path, of, emptyContent(), [notice]);
    }
    const notices = found.badLines === 0 ? [] : [
      `${found.badLines} damaged lines of ${
        quote(path)
      } are skipped; their files are fetched again`,
    ];
    return new JournalWriter(path, of, found, notices);
  }

  /**
   * Appends a record. When this returns, the record survives the end of the process.
   *
   * @throws {StorageError} when the disk does not take it; the journal stays as it was.
   */
  append(record: ObjectRecord): void {
    this.#throwFailure();
    const { key, size, etag, rows } = record;
    try {
      this.#file ??= this.#openToAppend();
      this.#write(sealLine({ key, size, etag, rows }, seedOf(this.#nonce)));
    } catch (error) {
      throw diskError("append to journal", this.#path, error);
    }
    this.records.set(key, record);
    this.#unsyncedRecords++;
    this.#scheduleSync();
  }

  /** Removes the journal, whose records are safe elsewhere now. */
  async remove(): Promise<void> {
    await this.#close();
    await removeFile(this.#path);
  }

  /**
   * Syncs and closes.
   *
   * @throws {StorageError} when the last sync, or one before, failed.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#unsyncedRecords > 0) this.#sync();
    await this.#close();
    this.#throwFailure();
  }

  #throwFailure() {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  async #close() {
    clearTimeout(this.#syncTimer);
    await this.#syncing;
    this.#file?.close();
    this.#file = undefined;
  }

  #openToAppend(): Deno.FsFile {
    const isNew = this.#end === 0;
    const file = openRegularSync(this.#path);
    this.#file = file;
    file.truncateSync(this.#end);
    file.seekSync(0, Deno.SeekMode.End);
    if (isNew) this.#write(headerLine(this.#nonce, this.#of));
    return file;
  }

  #write(line: string) {
    const bytes = new TextEncoder().encode(line);
    const file = this.#file!;
    try {
      writeAllSync(file, bytes);
    } catch (error) {
      file.truncateSync(this.#end);
      file.seekSync(0, Deno.SeekMode.End);
      throw error;
    }
    this.#end += bytes.length;
    this.#unsyncedBytes += bytes.length;
  }

  #scheduleSync() {
    if (
      this.#unsyncedRecords >= SYNC_RECORDS || this.#unsyncedBytes >= SYNC_BYTES
    ) {
      this.#sync();
    } else {
      this.#syncTimer ??= setTimeout(() => this.#sync(), SYNC_AFTER_MS);
    }
  }

  #sync() {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    this.#unsyncedRecords = 0;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#syncing.then(async () => {
      await this.#file?.syncData();
    }).catch((error) => {
      this.#failure ??= diskError("sync journal", this.#path, error);
    });
  }
}

/** Moves a journal out of the way and says where it went. */
async function moveAside(path: string): Promise<string> {
  const aside = `${path}.aside`;
  await onDisk("move aside", path, () => Deno.rename(path, aside));
  return aside;
}

function emptyContent() {
  const nonce = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16)
    .padStart(8, "0");
  return { nonce, records: new Map<string, ObjectRecord>(), validBytes: 0 };
}

function openRegularSync(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    if (!Deno.lstatSync(path).isFile) {
      throw new Error("it is not a regular file");
    }
    return Deno.openSync(path, { write: true });
  }
}
