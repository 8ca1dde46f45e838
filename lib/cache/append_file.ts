/**
 * A file that grows by whole appends; one that fails leaves the file as it was before.
 *
 * @module
 */

import { parentOf, syncDirectory, writeAllSync } from "./atomic_file.ts";
import { openOrCreate, openRegular } from "./regular_file.ts";

/** A file that is open to append to. The disk's own errors are thrown as they are. */
export class AppendFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #end: number;
  /** Whether the name has still to be made durable. */
  #isNew: boolean;

  /**
   * Opens a file and cuts off what stands behind `end`; with an end of 0 it is made when
   * there is none. A new file's name has still to be made durable.
   *
   * @throws when the file is shorter than that, or no regular file.
   */
  constructor(path: string, end: number, { isNew = end === 0 }: { isNew?: boolean } = {}) {
    const access = { write: true };
    const file = end === 0 ? openOrCreate(path, access) : openRegular(path, access);
    if (file === undefined) throw new Error("it was removed since it was read");
    this.#path = path;
    this.#file = file;
    this.#end = end;
    this.#isNew = isNew;
    this.#begin();
  }

  /** The bytes of the file. */
  get end(): number {
    return this.#end;
  }

  /** Appends all of the bytes, or throws and has appended none. */
  append(bytes: Uint8Array): void {
    try {
      writeAllSync(this.#file, bytes);
      this.#end += bytes.length;
    } catch (error) {
      this.#cutBack();
      throw error;
    }
  }

  /** When this resolves, what was appended before the call survives the machine's end. */
  async sync(): Promise<void> {
    await this.#file.syncData();
    if (this.#isNew) await syncDirectory(parentOf(this.#path));
    this.#isNew = false;
  }

  close(): void {
    this.#file.close();
  }

  #begin() {
    try {
      if (this.#file.statSync().size < this.#end) throw new Error("it was cut since it was read");
      this.#cut();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  #cutBack() {
    try {
      this.#cut();
    } catch {
      // What caused it is told by the append's own error; a reader skips the torn tail.
    }
  }

  #cut() {
    this.#file.truncateSync(this.#end);
    this.#file.seekSync(this.#end, Deno.SeekMode.Start);
  }
}
