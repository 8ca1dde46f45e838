/**
 * Appends to a journal, so that nothing finished is lost.
 *
 * The rules of writing are at the head of `journal.ts`.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { AppendFile } from "./append_file.ts";
import { replaceSync } from "./atomic_file.ts";
import { diskError } from "./disk_error.ts";
import { newNonce } from "./file_format.ts";
import {
  headerLine,
  isSameJournal,
  type JournalContent,
  type JournalIdentity,
  journalSeed,
  readJournal,
} from "./journal.ts";
import { sealBodies } from "./line.ts";
import { PLAIN_MAX_BYTES, toMember, toMembers } from "./members.ts";
import type { KeptRecord } from "./record.ts";
import { quarantine, removeFile } from "./removal.ts";

const SYNC_RECORDS = 16;
const SYNC_BYTES = 8 << 20;
const SYNC_AFTER_MS = 1_000;

/** A journal that its one writer appends to. Its file is made by the first append. */
export class JournalWriter implements AsyncDisposable {
  /** The valid records, by key: those found and those appended. */
  readonly records: Map<string, KeptRecord>;
  /** What a user should know about what was found, in sentences. */
  readonly notices: readonly string[];
  readonly #path: string;
  readonly #of: JournalIdentity;
  readonly #nonce: string;
  /** Where the first append begins. */
  readonly #validBytes: number;
  #isCompressed: boolean;
  #file: AppendFile | undefined;
  #unsyncedRecords = 0;
  #unsyncedBytes = 0;
  /** Rejected for good by the first sync that fails; no other is tried then. */
  #syncing: Promise<void> = Promise.resolve();
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  /** Why nothing can be appended any more. */
  #failure: Error | undefined;
  /** Whether a caller knows of the failure. */
  #isFailureReported = false;

  private constructor(
    path: string,
    of: JournalIdentity,
    found: Pick<JournalContent, "nonce" | "records" | "validBytes" | "isCompressed">,
    notices: readonly string[],
  ) {
    this.#path = path;
    this.#of = of;
    this.#nonce = found.nonce;
    this.#validBytes = found.validBytes;
    this.#isCompressed = found.isCompressed;
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
      const aside = await quarantine(path);
      const what = found === "foreign" ? "A damaged or unknown journal" : "A journal of other data";
      const notice = `${what} was moved aside to ${quote(aside)}`;
      return new JournalWriter(path, of, emptyContent(), [notice]);
    }
    return new JournalWriter(path, of, found, damageNotices(path, found));
  }

  /**
   * Appends records with one write. When this returns, they survive the end of the process.
   *
   * @throws {StorageError} when the disk does not take it, or failed before; the journal
   * stays as it was, and every later append throws the same.
   * @throws {TypeError} when the journal is closed or removed.
   */
  append(records: readonly KeptRecord[]): void {
    if (this.#failure) throw this.#told(this.#failure);
    const seed = journalSeed(this.#nonce);
    try {
      this.#file ??= this.#openFile();
      const lines = sealBodies(records.map((record) => record.toBody()), seed);
      this.#makeRoom(lines.length);
      this.#write(lines);
    } catch (error) {
      throw this.#told(this.#fail(diskError("append to journal", this.#path, error)));
    }
    for (const record of records) this.records.set(record.key, record);
    this.#unsyncedRecords += records.length;
    this.#scheduleSync();
  }

  /** Removes the journal, whose records are safe elsewhere now, and closes it. */
  async remove(): Promise<void> {
    this.#unsyncedRecords = 0;
    await this.#close();
    await removeFile(this.#path);
  }

  /**
   * Syncs and closes.
   *
   * @throws {StorageError} when the last sync, or one before, failed and no append has
   * told so.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const failure = await this.#close();
    if (failure) throw failure;
  }

  /** Closes, and returns the failure that nobody knows of yet. */
  async #close(): Promise<Error | undefined> {
    if (this.#unsyncedRecords > 0) this.#sync();
    clearTimeout(this.#syncTimer);
    await this.#syncing.catch(() => {});
    this.#file?.close();
    this.#file = undefined;
    const unreported = this.#isFailureReported ? undefined : this.#failure;
    this.#told(this.#fail(closedError(this.#path)));
    return unreported;
  }

  /** The first failure is the one that counts. */
  #fail(error: Error): Error {
    return this.#failure ??= error;
  }

  #told(failure: Error): Error {
    this.#isFailureReported = true;
    return failure;
  }

  #openFile(): AppendFile {
    this.#file = new AppendFile(this.#path, this.#validBytes);
    if (this.#validBytes === 0) this.#write(encode(headerLine(this.#nonce, this.#of)));
    return this.#file;
  }

  #write(lines: Uint8Array) {
    const bytes = this.#isCompressed ? toMember(lines) : lines;
    this.#file!.append(bytes);
    this.#unsyncedBytes += bytes.length;
  }

  /** Compresses a plain journal that more bytes would make too large. */
  #makeRoom(bytes: number) {
    if (!this.#isCompressed && this.#file!.end + bytes > PLAIN_MAX_BYTES) this.#compress();
  }

  /** Replaces the plain journal by its compressed form; a sync that runs ends on the old one. */
  #compress() {
    const plain = this.#file!;
    const size = replaceSync(this.#path, toMembers(this.#lines()));
    this.#file = new AppendFile(this.#path, size, { isNew: true });
    this.#isCompressed = true;
    this.#syncing = this.#syncing.finally(() => plain.close());
    this.#syncing.catch(() => {});
  }

  *#lines(): Generator<Uint8Array> {
    const seed = journalSeed(this.#nonce);
    yield encode(headerLine(this.#nonce, this.#of));
    for (const record of this.records.values()) yield sealBodies([record.toBody()], seed);
  }

  #scheduleSync() {
    if (this.#unsyncedRecords >= SYNC_RECORDS || this.#unsyncedBytes >= SYNC_BYTES) {
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
    this.#syncing = this.#syncing.then(() => this.#file?.sync());
    this.#syncing.catch((error) => {
      this.#fail(diskError("sync journal", this.#path, error));
    });
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function damageNotices(path: string, { badLines }: JournalContent): string[] {
  if (badLines === 0) return [];
  const [lines, files] = badLines === 1
    ? ["1 damaged line", "is skipped; its file is"]
    : [`${badLines} damaged lines`, "are skipped; their files are"];
  return [`${lines} of ${quote(path)} ${files} fetched again`];
}

function emptyContent() {
  return {
    nonce: newNonce(),
    records: new Map<string, KeptRecord>(),
    validBytes: 0,
    isCompressed: false,
  };
}

function closedError(path: string): TypeError {
  return new TypeError(`Cannot append to journal ${quote(path)}: it is closed`);
}
