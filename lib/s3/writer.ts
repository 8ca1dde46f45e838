/**
 * Writes the objects of one bucket, whole or in parts, each request proved and tried again alone.
 *
 * What the server has stored is proved by its ETag, where that is an MD5, and by CRC-32 where the
 * server has checksums; the signature covers the SHA-256 of what was sent in any case.
 *
 * @module
 */

import { IntegrityError, ObjectChangedError, quote, S3Error } from "../errors.ts";
import { BucketConnection, type ObjectTarget, type S3ClientOptions } from "./bucket_connection.ts";
import { MAX_DOCUMENT_BYTES } from "./document_guard.ts";
import { isPreconditionFailure } from "./etag.ts";
import {
  conditionOf,
  headersOf,
  headOf,
  type ObjectFacts,
  type ObjectHead,
  type WriteCondition,
} from "./object_facts.ts";
import { CHECKSUM, crc32Of, isOfParts, storedOf, writing, wrongBytes } from "./stored.ts";
import type { Answer, HttpRequest } from "../http/exchange.ts";
import {
  completionDocument,
  parseCompleted,
  parseCreated,
  type UnfinishedUpload,
  type UploadedPart,
} from "./upload_documents.ts";
import { unfinishedUploads } from "./unfinished_uploads.ts";

export type { ObjectFacts, ObjectHead, WriteCondition } from "./object_facts.ts";
export type { UnfinishedUpload, UploadedPart } from "./upload_documents.ts";

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
/** Bytes of answers that have no use for a body. */
const ANY = { maxBytes: 65_536 };
const DOCUMENT = { maxBytes: MAX_DOCUMENT_BYTES };
const WHOLE_CHECKSUM = {
  "x-amz-checksum-algorithm": "CRC32",
  "x-amz-checksum-type": "FULL_OBJECT",
};
/** What a server says of an upload of which it lacks something. */
const LOST = /^(NoSuchUpload|InvalidPart|InvalidPartOrder)$/;

/** A bucket that is written to; it owns connections until it is closed. */
export class S3Writer implements Disposable {
  readonly #connection: BucketConnection;
  /** Whether the server takes checksums; some refuse what they do not know. */
  #hasChecksums: boolean | undefined;

  /**
   * Connects to nothing yet.
   *
   * @throws {import("../errors.ts").ConfigurationError} when endpoint, bucket, region or
   * credentials cannot be.
   */
  constructor(options: S3ClientOptions) {
    this.#connection = new BucketConnection(options);
  }

  /** HTTP requests made so far, each attempt counted. */
  get requests(): number {
    return this.#connection.sender.requests;
  }

  /** What is under a key; `undefined` when nothing is. */
  async head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined> {
    try {
      return await this.#head(key, signal);
    } catch (error) {
      const isMute = error instanceof S3Error && [400, 403].includes(error.status);
      if (!isMute) throw error;
      // The answer to a HEAD has no body that would say why: the clock may be off.
      await this.#ask(key, signal);
      return await this.#head(key, signal);
    }
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
      const stored = await this.#withChecksum(crc32Of(bytes), (checksum) => {
        const headers = { ...headersOf(facts), ...conditionOf(wanted), ...checksum };
        const request = { ...target, method: "PUT", headers, body: bytes, ...ANY, signal } as const;
        return this.#send(request, (answer) => this.#stored(answer, { target, bytes }));
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
    return await this.#withChecksum("CRC32", (checksum) => {
      const hasChecksums = CHECKSUM in checksum;
      const headers = { ...headersOf(facts), ...hasChecksums && WHOLE_CHECKSUM };
      const request = { ...target, method: "POST", headers, ...DOCUMENT, signal } as const;
      return this.#send(request, (answer) => {
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
    const request = { ...target, method: "PUT", headers, body: bytes, ...ANY, signal } as const;
    return await this.#send(request, (answer) => {
      const { etag, isRight } = this.#stored(answer, { target, bytes });
      // An upload can be given the same part as often as it takes.
      if (!isRight) throw wrongBytes(key);
      return { number, etag, crc32 };
    });
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
    const joined = await this.#send({ ...request, patience: JOINING_PATIENCE }, (answer) => {
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
    await this.#delete(target, signal);
  }

  /** Removes an object. */
  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#delete(this.#connection.target(key, `Cannot remove ${quote(key)}`), signal);
  }

  /** The uploads below a prefix that are neither completed nor aborted, whoever has begun them. */
  unfinished(prefix: string, signal?: AbortSignal): AsyncIterableIterator<UnfinishedUpload> {
    return unfinishedUploads(this.#connection, prefix, signal);
  }

  /** Lets the connections go. */
  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #head(key: string, signal: AbortSignal | undefined): Promise<ObjectHead | undefined> {
    const target = this.#connection.target(key, looking(key));
    const request = { ...target, method: "HEAD", headOnly: true, maxBytes: 0, signal } as const;
    try {
      return await this.#connection.sender.send(request, ({ headers }) => headOf(headers));
    } catch (error) {
      if (error instanceof S3Error && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Asks for an object's first byte, as far as there is one. */
  async #ask(key: string, signal: AbortSignal | undefined): Promise<void> {
    const target = this.#connection.target(key, looking(key));
    const headers = { range: "bytes=0-0" };
    const statuses = [200, 206, 404, 416];
    const request = { ...target, headers, statuses, headOnly: true, maxBytes: 0, signal };
    await this.#connection.sender.send(request, () => {});
  }

  async #delete(target: ObjectTarget, signal: AbortSignal | undefined): Promise<void> {
    const request = { ...target, method: "DELETE", statuses: [200, 204], ...ANY, signal } as const;
    try {
      await this.#connection.sender.send(request, () => {});
    } catch (error) {
      if (!(error instanceof S3Error && error.status === 404)) throw error;
    }
  }

  /**
   * What a server has stored, by its answer, which has to be one to a write: others between here and
   * there answer with status 200 as well.
   */
  #stored(
    answer: Answer,
    { target, bytes }: { readonly target: ObjectTarget; readonly bytes: Uint8Array },
  ): ReturnType<typeof storedOf> {
    this.#connection.refuseErrorDocument(answer, target);
    const stored = storedOf(answer.headers, bytes);
    if (stored.etag !== "") return stored;
    const message = `${target.action}: the answer does not say that it is stored, it has no ETag`;
    throw new IntegrityError(message, { key: target.key, check: "upload" });
  }

  /** Sends, and says of a refusal what it means for who writes. */
  async #send<T>(request: HttpRequest, consume: (answer: Answer) => T): Promise<T> {
    try {
      return await this.#connection.sender.send(request, consume);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { key, action } = request;
      if (key === undefined) throw error;
      if (LOST.test(error.code)) {
        const message = `${action}: the server has lost what was uploaded, ${error.code}`;
        throw new IntegrityError(message, { key, check: "upload", cause: error });
      }
      const isGone = error.status === 404 && request.headers?.["if-match"] !== undefined;
      if (!isPreconditionFailure(error) && !isGone) throw error;
      const message = `${action}: another object is there, or none any more`;
      throw new ObjectChangedError(message, { key, isWrite: true });
    }
  }

  /** Sends with a checksum, and once more without where the server refuses the first that it sees. */
  async #withChecksum<T>(
    checksum: string,
    send: (headers: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    if (this.#hasChecksums === false) return await send({});
    try {
      const sent = await send({ [CHECKSUM]: checksum });
      this.#hasChecksums = true;
      return sent;
    } catch (error) {
      if (this.#hasChecksums || !isUnknownHeader(error)) throw error;
      const sent = await send({});
      this.#hasChecksums = false;
      return sent;
    }
  }
}

function looking(key: string): string {
  return `Cannot look at ${quote(key)}`;
}

/** Whether a server may have refused a header that it does not know, or not here. */
function isUnknownHeader(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 400 || error.status === 501) &&
    /^(NotImplemented|InvalidRequest|InvalidArgument|HTTP 400|HTTP 501)$|Checksum|Header/
      .test(error.code);
}
