/**
 * Finds out whether a server keeps to the conditions of a write, with a small object that says
 * whose place this is.
 *
 * @module
 */

import { ObjectChangedError, S3Error } from "../errors.ts";
import { classify } from "../s3/retry.ts";
import type { S3Writer, WriteCondition } from "../s3/writer.ts";

const NAME = "_flatfetch/place.json";
const TEXT = '{"format":1,"note":"exported by flatfetch"}\n';
const FACTS = { contentType: "application/json", metadata: {} };
/** The ETag of nothing. */
const NO_ETAG = "0".repeat(32);

/** Which conditions a server keeps to. */
export interface ConditionSupport {
  /** `If-None-Match: *`: to write only where nothing is. */
  readonly ifNoneMatch: boolean;
  /** `If-Match`: to write only over the object that is meant. */
  readonly ifMatch: boolean;
}

/** What is tried where. */
export interface ProbeOptions {
  readonly prefix: string;
  readonly onConditions?: ((support: ConditionSupport) => void) | undefined;
}

/** Asks once, when it is first needed. */
export class ConditionProbe {
  readonly #writer: S3Writer;
  readonly #options: ProbeOptions;
  #support: Promise<ConditionSupport> | undefined;

  constructor(writer: S3Writer, options: ProbeOptions) {
    this.#writer = writer;
    this.#options = options;
  }

  /** What the server keeps to. A question that fails is asked again by the next caller. */
  support(signal: AbortSignal): Promise<ConditionSupport> {
    this.#support ??= this.#ask(signal).catch((error) => {
      this.#support = undefined;
      throw error;
    });
    return this.#support;
  }

  async #ask(signal: AbortSignal): Promise<ConditionSupport> {
    // The first time it may be written, the second time it must not.
    const ifNoneMatch = await this.#isRefused("absent", signal) ||
      await this.#isRefused("absent", signal);
    const ifMatch = await this.#isRefused({ etag: NO_ETAG }, signal);
    const support = { ifNoneMatch, ifMatch };
    this.#options.onConditions?.(support);
    return support;
  }

  /** Whether the server refuses because the condition does not hold. */
  async #isRefused(condition: WriteCondition, signal: AbortSignal): Promise<boolean> {
    const bytes = new TextEncoder().encode(TEXT);
    const key = this.#options.prefix + NAME;
    try {
      await this.#writer.put(key, bytes, { facts: FACTS, condition, signal });
      return false;
    } catch (error) {
      if (error instanceof ObjectChangedError) return true;
      // It does not know the header.
      if (error instanceof S3Error && classify(error) === "permanent") return false;
      throw error;
    }
  }
}
