/**
 * Sends the requests that write: with checksums where the server takes them, with proof from each
 * answer of what is stored, and with errors that say what a refusal means for a write.
 *
 * @module
 */

import { IntegrityError, ObjectChangedError, quote, S3Error } from "../errors.ts";
import type { Answer, HttpRequest } from "../http/exchange.ts";
import type { BucketConnection, ObjectTarget } from "./bucket_connection.ts";
import { etagOf, isPreconditionFailure, md5In, md5Of } from "./etag.ts";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { isMd5 } from "../dated_object.ts";
import type { UploadedPart } from "./documents.ts";

/** Bytes of answers that have no use for a body. */
const ANY_BODY = { maxBytes: 65_536 };

/** What a server says of an upload of which it lacks something. */
const LOST = /^(NoSuchUpload|InvalidPart|InvalidPartOrder)$/;

/** Sends over one connection. */
export class WriteSender {
  readonly #connection: BucketConnection;
  /** Whether the server takes checksums; some refuse what they do not know. */
  #hasChecksums: boolean | undefined;

  constructor(connection: BucketConnection) {
    this.#connection = connection;
  }

  /** Sends, and says of a refusal what it means for who writes. */
  async send<T>(request: HttpRequest, consume: (answer: Answer) => T): Promise<T> {
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
  async withChecksum<T>(
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

  /**
   * Puts bytes, and says what the server has stored, by its answer, which has to be one to a write:
   * others between here and there answer with status 200 as well.
   *
   * @param isRepeatable Whether an attempt fails whose bytes are stored wrong, so that another follows.
   */
  async put(
    target: ObjectTarget,
    { headers, bytes, signal, isRepeatable = false }: {
      readonly headers: Readonly<Record<string, string>>;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly signal: AbortSignal | undefined;
      readonly isRepeatable?: boolean;
    },
  ): Promise<ReturnType<typeof storedOf>> {
    const request = {
      ...target,
      ...ANY_BODY,
      method: "PUT",
      headers,
      body: bytes,
      signal,
    } as const;
    return await this.send(request, (answer) => {
      this.#connection.refuseErrorDocument(answer, target);
      const stored = storedOf(answer.headers, bytes);
      if (stored.etag === "") {
        const message =
          `${target.action}: the answer does not say that it is stored, it has no ETag`;
        throw new IntegrityError(message, { key: target.key, check: "upload" });
      }
      if (isRepeatable && !stored.isRight) throw wrongBytes(target.key);
      return stored;
    });
  }

  /** Removes what the target is; what is gone already is no error. */
  async delete(target: ObjectTarget, signal: AbortSignal | undefined): Promise<void> {
    const request = { ...target, ...ANY_BODY, method: "DELETE", statuses: [200, 204] } as const;
    try {
      await this.#connection.sender.send({ ...request, signal }, () => {});
    } catch (error) {
      if (!(error instanceof S3Error && error.status === 404)) throw error;
    }
  }
}

/** Whether a server may have refused a header that it does not know, or not here. */
function isUnknownHeader(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 400 || error.status === 501) &&
    /^(NotImplemented|InvalidRequest|InvalidArgument|HTTP 400|HTTP 501)$|Checksum|Header/
      .test(error.code);
}

/** The header that has the CRC-32 of a body. */
export const CHECKSUM = "x-amz-checksum-crc32";

/** The ETag of what the server has stored, and whether that can be these bytes. */
function storedOf(
  headers: Headers,
  bytes: Uint8Array,
): { readonly etag: string; readonly isRight: boolean } {
  const etag = etagOf(headers) ?? "";
  const md5 = md5In(etag, headers);
  const crc = headers.get(CHECKSUM);
  const isRight = (md5 === undefined || md5 === md5Of(bytes)) &&
    (crc === null || crc === crc32Of(bytes));
  return { etag, isRight };
}

/**
 * Whether the ETag of an object can be the one of these parts: the MD5 of their MD5s, where the
 * server makes it so.
 */
export function isOfParts(
  etag: string,
  { parts, headers }: { readonly parts: readonly UploadedPart[]; readonly headers: Headers },
): boolean {
  const isProvable = /^[0-9a-f]{32}-\d+$/i.test(etag) &&
    parts.every((part) => isMd5(part.etag) && md5In(part.etag, headers) !== undefined);
  if (!isProvable) return true;
  const md5s = Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex")));
  return etag.toLowerCase() === `${md5Of(md5s)}-${parts.length}`;
}

/** A CRC-32 as S3 writes it: its four bytes in base64. */
export function crc32Text(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}

/** The CRC-32 of bytes, in base64. */
export function crc32Of(bytes: Uint8Array): string {
  return crc32Text(crc32(bytes));
}

/** The error for what was stored wrong. */
export function wrongBytes(key: string): IntegrityError {
  const message = `${writing(key)}: the server has stored other bytes than it was sent`;
  return new IntegrityError(message, { key, check: "upload" });
}

/** What errors of a write begin with. */
export function writing(key: string): string {
  return `Cannot write ${quote(key)}`;
}
