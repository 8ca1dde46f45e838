/**
 * Uploads an object's bytes; nothing of it can be seen until one last request makes the object.
 *
 * A small object waits in memory and is put with that request; a larger one is uploaded in parts,
 * a few at once, while its bytes are made. So memory does not grow with the object.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { crc32Text } from "./write_sender.ts";
import type {
  ObjectFacts,
  ObjectWriteOptions,
  PartedUpload,
  S3Writer,
  UploadedPart,
} from "./writer.ts";

const DEFAULT_PART_SIZE = 8 * 2 ** 20;
const DEFAULT_PARTS_AT_ONCE = 2;
/** An upload that is not wanted any more gets this long to be aborted. */
const ABORT_LIMIT_MS = 10_000;

/** How an object is staged. */
export interface StageOptions {
  readonly facts: ObjectFacts;
  /** Bytes of each part but the last, at least 5 MiB. @default {8 MiB} */
  readonly partSize?: number | undefined;
  /** @default {2} */
  readonly partsAtOnce?: number | undefined;
  /** Ends the staging; rejects with its reason. */
  readonly signal: AbortSignal;
}

/** An object that is not there yet. */
export interface StagedObject {
  /** Bytes. */
  readonly size: number;
  /**
   * Makes it one; its ETag. It may be called again where the condition did not hold.
   *
   * @throws as {@linkcode S3Writer.put} and {@linkcode S3Writer.complete} do.
   */
  commit(options: ObjectWriteOptions): Promise<string>;
  /** Lets the server forget what it has of it; never rejects. */
  discard(): Promise<void>;
}

/**
 * Takes the chunks once and in order; they may have any length. What they throw is thrown on, and
 * nothing is left at the server then.
 */
export async function stageObject(
  writer: S3Writer,
  key: string,
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  options: StageOptions,
): Promise<StagedObject> {
  const { facts, partSize = DEFAULT_PART_SIZE } = options;
  let upload: Parts | undefined;
  try {
    for await (const { bytes, isLast } of inParts(chunks, partSize)) {
      if (isLast && upload === undefined) {
        return {
          size: bytes.length,
          commit: (how) => writer.put(key, bytes, { facts, ...how }),
          discard: () => Promise.resolve(),
        };
      }
      upload ??= await Parts.begin(writer, key, options);
      await upload.add(bytes);
    }
    await upload!.settle();
    return upload!;
  } catch (error) {
    await upload?.discard();
    throw error;
  }
}

/** An upload in parts. */
class Parts implements StagedObject {
  readonly #writer: S3Writer;
  readonly #upload: PartedUpload;
  readonly #partsAtOnce: number;
  readonly #parts: UploadedPart[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  size = 0;
  #crc = 0;
  #count = 0;

  private constructor(writer: S3Writer, upload: PartedUpload, options: StageOptions) {
    this.#writer = writer;
    this.#upload = upload;
    this.#partsAtOnce = options.partsAtOnce ?? DEFAULT_PARTS_AT_ONCE;
    this.#signal = AbortSignal.any([options.signal, this.#end.signal]);
  }

  static async begin(writer: S3Writer, key: string, options: StageOptions): Promise<Parts> {
    return new Parts(writer, await writer.begin(key, options), options);
  }

  /** Begins to put a part, as soon as few enough are under way. */
  async add(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    while (this.#underWay.size >= this.#partsAtOnce) await Promise.race(this.#underWay);
    this.size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    const part = { number: ++this.#count, bytes, signal: this.#signal };
    const put = this.#writer.putPart(this.#upload, part).then((part) => {
      this.#parts[part.number - 1] = part;
      // The collector does not see the megabytes behind an array.
      bytes.buffer.transfer(0);
      this.#underWay.delete(put);
    });
    this.#underWay.add(put);
    // Whoever waits for it hears of its failure; this keeps it from ending the process before.
    put.catch(() => {});
  }

  /** Resolves when every part is there. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  commit(options: ObjectWriteOptions): Promise<string> {
    return this.#writer.complete(this.#upload, this.#parts, {
      ...options,
      crc32: crc32Text(this.#crc),
    });
  }

  async discard(): Promise<void> {
    this.#end.abort();
    await Promise.allSettled(this.#underWay);
    const signal = AbortSignal.timeout(ABORT_LIMIT_MS);
    await this.#writer.abort(this.#upload, signal).catch(() => {});
  }
}

/** The same bytes in pieces of one size, of which the last may be shorter, or empty. */
async function* inParts(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  partSize: number,
): AsyncIterable<{ bytes: Uint8Array<ArrayBuffer>; isLast: boolean }> {
  let part = new Uint8Array(Math.min(partSize, 2 ** 20));
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (length === partSize) {
        yield { bytes: part, isLast: false };
        part = new Uint8Array(partSize);
        length = 0;
      }
      const count = Math.min(partSize - length, chunk.length - at);
      if (length + count > part.length) {
        part = new Uint8Array(part.buffer.transfer(Math.min(partSize, 2 * (length + count))));
      }
      part.set(chunk.subarray(at, at + count), length);
      length += count;
      at += count;
    }
  }
  yield { bytes: part.subarray(0, length), isLast: true };
}
