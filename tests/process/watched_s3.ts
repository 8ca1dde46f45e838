/**
 * An S3 server whose requests are events.
 *
 * @module
 */

import { FakeS3, type RecordedRequest } from "../../fixtures/s3_server.ts";

/** What is waited for among the requests since the last clearing. */
export type Condition = (requests: readonly RecordedRequest[]) => boolean;

/** The server, on no socket yet. */
export class WatchedS3 extends FakeS3 {
  readonly #waiting = new Map<() => void, Condition>();

  override respond(request: Parameters<FakeS3["respond"]>[0]): ReturnType<FakeS3["respond"]> {
    const reply = super.respond(request);
    for (const [resolve, condition] of this.#waiting) {
      if (!condition(this.requests)) continue;
      this.#waiting.delete(resolve);
      resolve();
    }
    return reply;
  }

  /** Resolves when the condition holds after a request. */
  until(condition: Condition): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(resolve, condition));
  }

  /** Resolves when so many objects have been asked for. */
  untilGets(count: number): Promise<void> {
    return this.until((requests) => requests.filter(({ key }) => key).length >= count);
  }

  /** The keys that were asked for since the last clearing, ascending; then clears. */
  takeGets(): string[] {
    const keys = this.requests.flatMap(({ key }) => key ?? []).sort();
    this.clearRequests();
    return keys;
  }
}
