/**
 * A bucket as the place of an export.
 *
 * An object says in its user metadata what it was made of; it is there whole or not at all, by PUT
 * or CompleteMultipartUpload. Two runs over one place are harmless: each writes only where the
 * object is the one that it has listed, and judges what is there where it is not.
 *
 * @module
 */

import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  quote,
  S3Error,
  StorageError,
} from "../errors.ts";
import { checkOptions, FLAG, FUNCTION, needed, number, text } from "../given.ts";
import { S3Client, type S3ClientOptions } from "../s3/client.ts";
import { keyDefect } from "../s3/key.ts";
import { isPassing } from "../http/status.ts";
import { refusalReason } from "../s3/refusal_reason.ts";
import { classify } from "../s3/retry.ts";
import { type StagedObject, stageObject } from "../s3/staged_object.ts";
import { S3Writer, type WriteCondition } from "../s3/writer.ts";
import { BucketMarks, MARK } from "./bucket_marks.ts";
import { ConditionProbe, type ConditionSupport } from "./condition_probe.ts";
import { Leftovers } from "./leftovers.ts";
import type { ByteSpan } from "../s3/range.ts";
import type { ExportTarget, MeantObject, PutOptions, PutOutcome, TargetObject } from "./target.ts";

/** How often somebody else may have written an object before this run gives it up. */
const MAX_LOOKS = 4;
/** The index gets this long to be written when the target is closed. */
const CLOSE_LIMIT_MS = 30_000;

/** Which bucket, and where in it. */
export interface BucketTargetOptions extends S3ClientOptions {
  /** As the user gave it, such as `s3://bucket/prefix`. */
  readonly name: string;
  /** What all keys begin with: empty, or it ends in a slash. */
  readonly prefix: string;
  /** Bytes of a part of a large object. @default {8 MiB} */
  readonly partSize?: number | undefined;
  /** Whether the index of what objects are made of is written where it lacks some. @default {true} */
  readonly keepsIndex?: boolean | undefined;
  /** Is called, before the first object is written, with which conditions the server keeps to. */
  readonly onConditions?: ((support: ConditionSupport) => void) | undefined;
}

/** The bucket and prefix that `s3://bucket/prefix` names; `undefined` for what is no such URL. */
export function parseBucketPlace(
  text: string,
): { readonly bucket: string; readonly prefix: string } | undefined {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/i.exec(text);
  if (match === null) return undefined;
  const path = (match[2] ?? "").replace(/\/+$/, "");
  return { bucket: match[1]!, prefix: path === "" ? "" : `${path}/` };
}

/** Beside those of its client. */
const OPTION_KINDS = {
  name: needed(text()),
  prefix: needed(text()),
  partSize: number([1], { isWhole: true }),
  keepsIndex: FLAG,
  onConditions: FUNCTION,
};

/** A bucket that is exported to; it owns connections until it is disposed of. */
export class BucketTarget implements ExportTarget {
  readonly name: string;
  readonly #options: BucketTargetOptions;
  readonly #client: S3Client;
  readonly #writer: S3Writer;
  readonly #probe: ConditionProbe;
  readonly #leftovers: Leftovers;
  readonly #marks = new Map<string, BucketMarks>();

  /**
   * Connects to nothing yet.
   *
   * @throws {UsageError} when an option is none of what it may be.
   * @throws {ConfigurationError} when endpoint, bucket, prefix, region or credentials cannot be.
   */
  constructor(options: BucketTargetOptions) {
    checkOptions(options, OPTION_KINDS);
    const defect = keyDefect(`${options.prefix}part`);
    if (defect !== undefined) {
      throw new ConfigurationError(`Cannot use the place ${quote(options.name)}: ${defect}`);
    }
    this.name = options.name;
    this.#options = options;
    this.#client = new S3Client(options);
    this.#writer = new S3Writer(options);
    this.#probe = new ConditionProbe(this.#writer, options);
    this.#leftovers = new Leftovers(this.#writer);
  }

  /** HTTP requests made so far, each attempt counted. */
  get requests(): number {
    return this.#client.requests + this.#writer.requests;
  }

  freeBytes(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async datasets(signal: AbortSignal): Promise<string[]> {
    const { prefix } = this.#options;
    const names = new Set<string>();
    await this.#explained(async () => {
      for await (const { key } of this.#client.list(prefix, { signal })) {
        const parts = key.slice(prefix.length).split("/");
        if (parts.length > 2) names.add(parts.slice(0, 2).join("/"));
      }
    });
    return [...names];
  }

  async list(dataset: string, signal: AbortSignal): Promise<TargetObject[]> {
    const objects = await this.#explained(() => this.#marksOf(dataset).list(signal));
    return objects.map(({ path, size, mark, etag, unreadable }) => ({
      path: `${dataset}/${path}`,
      ...{ size, mark, version: etag },
      unreadable: unreadable && explained(unreadable, this.name) as Error,
    }));
  }

  async put(
    path: string,
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options: PutOptions,
  ): Promise<PutOutcome> {
    const { mark, signal } = options;
    const { partSize, prefix } = this.#options;
    const key = prefix + path;
    const [dataset, inDataset] = divided(path);
    return await this.#explained(async () => {
      await this.#probe.support(signal);
      await this.#leftovers.abort(key, { prefix: `${prefix}${dataset}/`, signal });
      const facts = { contentType: contentTypeOf(path), metadata: { [MARK]: mark } };
      const staged = await stageObject(this.#writer, key, chunks, { facts, partSize, signal });
      let etag: string | undefined;
      try {
        etag = await this.#commit(staged, path, options);
      } finally {
        if (etag === undefined) await staged.discard();
      }
      if (etag === undefined) return "present";
      const entry = { etag, size: staged.size, mark };
      await this.#marksOf(dataset).set(inDataset, entry, signal);
      return "written";
    });
  }

  async read(
    object: MeantObject,
    span: ByteSpan,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#read(object, span, signal))?.bytes;
  }

  async md5(path: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#read({ path }, { start: 0, end: 1 }, signal))?.md5;
  }

  /** Writes what is new into the indexes, as far as that can be done in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { keepsIndex = true } = this.#options;
    const signal = AbortSignal.timeout(CLOSE_LIMIT_MS);
    for (const marks of keepsIndex ? this.#marks.values() : []) {
      await marks.flush(signal).catch(() => {});
    }
    this.#client.close();
    this.#writer[Symbol.dispose]();
  }

  async #read({ path, size, version }: MeantObject, span: ByteSpan, signal: AbortSignal) {
    const options = { size, ifMatch: version, signal };
    return await this.#explained(async () => {
      try {
        return await this.#client.getRange(this.#options.prefix + path, span, options);
      } catch (error) {
        if (classify(error) === "missing") return undefined;
        throw error;
      }
    });
  }

  #marksOf(dataset: string): BucketMarks {
    return this.#marks.getOrInsertComputed(dataset, () => {
      const prefix = `${this.#options.prefix}${dataset}/`;
      return new BucketMarks({ client: this.#client, writer: this.#writer, prefix });
    });
  }

  /**
   * Makes an object of what is staged; its ETag, or `undefined` when what is there is to stay.
   * What is under the key decides, whatever an answer said: the answer to what this run has done
   * may have been lost.
   */
  async #commit(
    staged: StagedObject,
    path: string,
    { mark, replaces, judge, signal }: PutOptions,
  ): Promise<string | undefined> {
    const key = this.#options.prefix + path;
    let expected = replaces?.version;
    for (let look = 1;; look++) {
      try {
        const condition = await this.#conditionFor(key, expected, signal);
        return await staged.commit({ condition, signal });
      } catch (error) {
        signal.throwIfAborted();
        const isLost = error instanceof IntegrityError && error.check === "upload";
        if (!isLost && !(error instanceof ObjectChangedError)) throw error;
        const there = await this.#writer.head(key, signal);
        const found = there?.metadata.get(MARK);
        if (found === mark) return undefined;
        if (isLost || look === MAX_LOOKS) throw error;
        if (there !== undefined && there.etag !== expected) {
          const { size = 0, etag: version } = there;
          if (await judge({ path, size, mark: found, version }) === "leave") return undefined;
        }
        expected = there?.etag;
      }
    }
  }

  /**
   * The condition that a version of an object, or none, is there. A server that does not keep to it
   * is asked right before.
   */
  async #conditionFor(
    key: string,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<WriteCondition | undefined> {
    const { ifNoneMatch, ifMatch } = await this.#probe.support(signal);
    const condition = version === undefined ? "absent" : { etag: version };
    if (version === undefined ? ifNoneMatch : ifMatch) return condition;
    if ((await this.#writer.head(key, signal))?.etag === version) return undefined;
    const message = `Cannot write ${quote(key)}: another object is there, or none any more`;
    throw new ObjectChangedError(message, { key, isWrite: true });
  }

  /** Says of a refusal that it is the target's, not the source's. */
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explained(error, this.name);
    }
  }
}

/** The dataset's name, which has two parts, and the path in it. */
function divided(path: string): [dataset: string, inDataset: string] {
  const [prefix, dataset, ...rest] = path.split("/");
  return [`${prefix}/${dataset}`, rest.join("/")];
}

function contentTypeOf(path: string): string {
  return path.endsWith(".parquet")
    ? "application/vnd.apache.parquet"
    : path.endsWith(".gz")
    ? "application/gzip"
    : "application/octet-stream";
}

/**
 * An error as it is said of the place: a refusal means that nothing of a run can be written there, or
 * that this request failed.
 */
function explained(error: unknown, name: string): unknown {
  if (!(error instanceof S3Error || error instanceof NetworkError)) return error;
  const ofPlace = ` (${name})`;
  if (!error.message.endsWith(ofPlace)) error.message += ofPlace;
  const { message } = error;
  const reason = error instanceof S3Error ? refusalReason(error) : undefined;
  if (reason === "full") {
    return new StorageError(message, { path: name, code: "ENOSPC", cause: error });
  }
  return reason === undefined || isPassing(reason)
    ? error
    : new ConfigurationError(message, { cause: error });
}
