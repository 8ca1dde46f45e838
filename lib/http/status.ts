/**
 * Says what a status of HTTP means by itself, whoever sends it: what the body of an answer says
 * counts more.
 *
 * Pure: no clock, no network, no randomness of its own.
 *
 * @module
 */

/**
 * Why a server refuses.
 *
 * - `busy`: it is asked for too much.
 * - `server`: it has failed, or one in between has.
 * - `detour`: what is asked for is said to be elsewhere, or a network wants somebody to sign in.
 * - `key`: nobody is known by the key of the request, or it has none.
 * - `access`: who asks is known, and may not have this.
 * - `full`: there is no room for what is written.
 */
export type StatusReason = "busy" | "server" | "detour" | "key" | "access" | "full";

/**
 * How the next attempt is made after a reason that may pass: soon, or later and with fewer
 * requests at once. A redirect is never followed, but what has sent it may be gone by then.
 */
export const PACES = { busy: "throttle", server: "retry", detour: "retry" } as const;

/** Whether the next attempt may not meet the same. */
export function isPassing(reason: string | undefined): reason is keyof typeof PACES {
  return reason !== undefined && reason in PACES;
}

/** By RFC 9110, 6585, 8470 and 4918; 509 is what hosts of web sites say of too much traffic. */
const REASONS: Readonly<Record<number, StatusReason | undefined>> = {
  301: "detour",
  302: "detour",
  303: "detour",
  307: "detour",
  308: "detour",
  401: "key",
  403: "access",
  408: "server",
  425: "server",
  429: "busy",
  501: undefined,
  503: "busy",
  505: undefined,
  507: "full",
  509: "busy",
  511: "detour",
};

/** Whether an answer leads elsewhere, or is none to what was asked, rather than a refusal. */
export function isElsewhere(status: number): boolean {
  return status < 400;
}

/** Why a server refuses with a status; `undefined` where it does not understand the request. */
export function reasonOfStatus(status: number): StatusReason | undefined {
  if (status in REASONS) return REASONS[status];
  return status >= 500 ? "server" : undefined;
}
