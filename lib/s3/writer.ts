/**
 * Writes the objects of one bucket, whole or in parts, each request proved and tried again alone.
 *
 * What the server has stored is proved by its ETag, where that is an MD5, and by CRC-32 where the
 * server has checksums; the signature covers the SHA-256 of what was sent in any case.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { BucketConnection, type S3ClientOptions } from "./bucket_connection.ts";
import { MAX_DOCUMENT_BYTES } from "./xml.ts";
import {
  conditionOf,
  headersOf,
  lookAt,
  type ObjectFacts,
  type ObjectHead,
  type WriteCondition,
} from "./object_facts.ts";
import { listUploads } from "./pages.ts";
import { CHECKSUM, crc32Of, isOfParts, WriteSender, writing, wrongBytes } from "./write_sender.ts";
import {
  completionDocument,
  parseCompleted,
  parseCreated,
  type UnfinishedUpload,
  type UploadedPart,
} from "./documents.ts";

export type { ObjectFacts, ObjectHead, WriteCondition } from "./object_facts.ts";
export type { UnfinishedUpload, UploadedPart } from "./documents.ts";

/** How an object is written. */
export interface ObjectWriteOptions {
  /** @default {anything may be there} */
  readonly condition?: WriteCondition | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An upload whose parts can be put. */
export interface PartedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly hasChecksums: boolean;
}

/** A server may take minutes to join parts, and sends a space now and then meanwhile. */
const JOINING_PATIENCE = 10;
/** How often bytes are sent that the server then stores wrong. */
const MAX_WRITES = 3;
const DOCUMENT = { maxBytes: MAX_DOCUMENT_BYTES };
const WHOLE_CHECKSUM = {
  "x-amz-checksum-algorithm": "CRC32",
  "x-amz-checksum-type": "FULL_OBJECT",
};
/** A bucket that is written to; it owns connections until it is closed. */
export class S3Writer implements Disposable {
  readonly #connection: BucketConnection;
  readonly #sender: WriteSender;

  /**
   * Connects to nothing yet.
   *
   * @throws {import("../errors.ts").ConfigurationError} when endpoint, bucket, region or
   * credentials cannot be.
   */
  constructor(options: S3ClientOptions) {
    this.#connection = new BucketConnection(options);
    this.#sender = new WriteSender(this.#connection);
  }

  /** HTTP requests made so far, each attempt counted. */
  get requests(): number {
    return this.#connection.sender.requests;
  }

  /** What is under a key; `undefined` when nothing is. */
  async head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined> {
    return await lookAt(this.#connection, key, signal);
  }

  /**
   * Writes an object in one request; its ETag. Bytes that the server stores wrong are written
   * again, and removed in the end. An abort rejects with the signal's reason.
   *
   * @throws {ObjectChangedError} when the condition does not hold.
   * @throws {IntegrityError} with check `"upload"` when the server stores other bytes each time.
   */
  async put(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    { facts, condition, signal }: ObjectWriteOptions & { readonly facts: ObjectFacts },
  ): Promise<string> {
    const target = this.#connection.target(key, writing(key));
    for (let write = 1, wanted = condition;; write++) {
      const stored = await this.#sender.withChecksum(crc32Of(bytes), (checksum) => {
        const headers = { ...headersOf(facts), ...conditionOf(wanted), ...checksum };
        return this.#sender.put(target, { headers, bytes, signal });
      });
      if (stored.isRight) return stored.etag;
      if (write === MAX_WRITES) {
        await this.remove(key, signal);
        throw wrongBytes(key);
      }
      wanted = condition && { etag: stored.etag };
    }
  }

  /** Begins an upload in parts, which the server keeps until it is completed or aborted. */
  async begin(
    key: string,
    { facts, signal }: { readonly facts: ObjectFacts; readonly signal?: AbortSignal | undefined },
  ): Promise<PartedUpload> {
    const target = this.#connection.target(key, writing(key), { uploads: "" });
    return await this.#sender.withChecksum("CRC32", (checksum) => {
      const hasChecksums = CHECKSUM in checksum;
      const headers = { ...headersOf(facts), ...hasChecksums && WHOLE_CHECKSUM };
      const request = { ...target, method: "POST", headers, ...DOCUMENT, signal } as const;
      return this.#sender.send(request, (answer) => {
        this.#connection.refuseErrorDocument(answer, target);
        return { key, uploadId: parseCreated(answer.bytes, key), hasChecksums };
      });
    });
  }

  /**
   * Puts a part, from 1 on; each but the last must have 5 MiB.
   *
   * @throws {IntegrityError} with check `"upload"` when the server has lost the upload, or stores
   * other bytes each time.
   */
  async putPart(
    { key, uploadId, hasChecksums }: PartedUpload,
    { number, bytes, signal }: {
      readonly number: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<UploadedPart> {
    const parameters = { partNumber: String(number), uploadId };
    const target = this.#connection.target(key, writing(key), parameters);
    const crc32 = hasChecksums ? crc32Of(bytes) : undefined;
    const headers: Record<string, string> = crc32 === undefined ? {} : { [CHECKSUM]: crc32 };
    // An upload can be given the same part as often as it takes: wrong bytes fail an attempt alone.
    const { etag } = await this.#sender.put(target, { headers, bytes, signal, isRepeatable: true });
    return { number, etag, crc32 };
  }

  /**
   * Makes one object of the parts; its ETag.
   *
   * @param crc32 That of the whole object, in base64.
   * @throws {ObjectChangedError} when the condition does not hold; the upload is still there.
   * @throws {IntegrityError} with check `"upload"` when the server has lost the upload, or part of
   * it, or has made another object of it, which is removed.
   */
  async complete(
    { key, uploadId, hasChecksums }: PartedUpload,
    parts: readonly UploadedPart[],
    { crc32, condition, signal }: ObjectWriteOptions & { readonly crc32: string },
  ): Promise<string> {
    const target = this.#connection.target(key, writing(key), { uploadId });
    const headers = {
      "content-type": "application/xml",
      ...conditionOf(condition),
      ...hasChecksums && { [CHECKSUM]: crc32, "x-amz-checksum-type": "FULL_OBJECT" },
    };
    const body = completionDocument(parts);
    const request = { ...target, method: "POST", headers, body, ...DOCUMENT, signal } as const;
    const joined = await this.#sender.send({ ...request, patience: JOINING_PATIENCE }, (answer) => {
      this.#connection.refuseErrorDocument(answer, target);
      const etag = parseCompleted(answer.bytes, key);
      return { etag, isRight: isOfParts(etag, { parts, headers: answer.headers }) };
    });
    if (joined.isRight) return joined.etag;
    await this.remove(key, signal);
    throw wrongBytes(key);
  }

  /** Ends an upload that is not to be completed; one that is gone is as well. */
  async abort(
    { key, uploadId }: Pick<PartedUpload, "key" | "uploadId">,
    signal?: AbortSignal,
  ): Promise<void> {
    const target = this.#connection.target(key, `Cannot abort the upload of ${quote(key)}`, {
      uploadId,
    });
    await this.#sender.delete(target, signal);
  }

  /** Removes an object. */
  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#sender.delete(this.#connection.target(key, `Cannot remove ${quote(key)}`), signal);
  }

  /** The uploads below a prefix that are neither completed nor aborted, whoever has begun them. */
  unfinished(prefix: string, signal?: AbortSignal): AsyncIterableIterator<UnfinishedUpload> {
    return listUploads(this.#connection, prefix, signal);
  }

  /** Lets the connections go. */
  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}
