/**
 * Says what S3 does in its own way: signatures, and what a refusal means for the next attempt.
 *
 * @module
 */

import { S3Error } from "../errors.ts";
import type { Protocol } from "../http/sender.ts";
import type { Credentials } from "./credentials.ts";
import { answerError } from "./failure.ts";
import { classify, isUnanswered } from "./retry.ts";
import { signableOf, Signer } from "./sign.ts";

/** The protocol for one key pair; it learns how far this machine's clock is off. */
export function s3Protocol(credentials: Credentials, region: string): Protocol {
  const signer = new Signer(credentials, region);
  return {
    authenticate: (request) => signer.sign(signableOf(request)),
    refuse: ({ key, action }, response, body) =>
      answerError({ response, body, key, action, credentials }),
    plan: (error, { offsetMs }) => {
      const answer = error instanceof S3Error ? error : undefined;
      const hintMs = answer?.retryAfterMs;
      const kind = classify(error);
      if (kind === "retry" || kind === "throttle") return { pace: kind, hintMs };
      const isSkewed = kind === "skew" && signer.learn(offsetMs, answer?.serverTimeMs);
      return isSkewed ? { pace: "retry", hintMs } : undefined;
    },
    isUnanswered,
  };
}
