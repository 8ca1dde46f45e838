/**
 * Aborts the uploads that runs have left behind which were killed.
 *
 * An upload is this program's own when its key is one that it writes. One that was begun before
 * this run, for a key that this run is about to write, is aborted: should another run be at work on
 * it still, that one begins again. Others are left for a day.
 *
 * @module
 */

import { DAY_MS } from "../dated_object.ts";
import { S3Error } from "../errors.ts";
import { OWN_PATH } from "../lake/layout.ts";
import type { S3Writer, UnfinishedUpload } from "../s3/writer.ts";

/** The uploads that were under way before this run wrote anything. */
export class Leftovers {
  readonly #writer: S3Writer;
  readonly #found = new Map<string, Promise<Map<string, UnfinishedUpload[]>>>();

  constructor(writer: S3Writer) {
    this.#writer = writer;
  }

  /**
   * Aborts those of a key.
   *
   * @param prefix What the keys of its dataset begin with.
   */
  async abort(
    key: string,
    { prefix, signal }: { readonly prefix: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const find = () =>
      this.#find(prefix, signal).catch((error) => {
        this.#found.delete(prefix);
        throw error;
      });
    const found = await this.#found.getOrInsertComputed(prefix, find);
    const uploads = found.get(key) ?? [];
    found.delete(key);
    await this.#abortAll(uploads, signal);
  }

  /** Those that keys of a dataset have; the old ones are aborted at once. */
  async #find(prefix: string, signal: AbortSignal): Promise<Map<string, UnfinishedUpload[]>> {
    try {
      const uploads = await Array.fromAsync(this.#writer.unfinished(prefix, signal));
      const own = uploads.filter(({ key }) => OWN_PATH.test(key.slice(prefix.length)));
      const isOld = ({ initiatedMs = Infinity }: UnfinishedUpload) =>
        initiatedMs < Date.now() - DAY_MS;
      await this.#abortAll(own.filter(isOld), signal);
      return Map.groupBy(own.filter((upload) => !isOld(upload)), ({ key }) => key);
    } catch (error) {
      // Not every key pair may list them, and not every server can.
      if (error instanceof S3Error) return new Map();
      throw error;
    }
  }

  async #abortAll(uploads: readonly UnfinishedUpload[], signal: AbortSignal): Promise<void> {
    for (const upload of uploads) {
      try {
        await this.#writer.abort(upload, signal);
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
      }
    }
  }
}
