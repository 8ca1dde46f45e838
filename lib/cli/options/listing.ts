/**
 * How old what is known of the bucket may be.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";
import { parseDuration } from "../arguments/quantities.ts";

/** Options of every command that works on a listing of the bucket. */
export const LISTING = {
  title: "Freshness",
  options: [
    {
      name: "max-age",
      value: { name: "DURATION", example: "1h" },
      help: "how long a listing of the bucket serves, such as 90s 30m 1h 1d (default 1h)",
    },
    { name: "refresh", help: "list the bucket anew, whatever --max-age says" },
    { name: "offline", help: "use no network, only what is cached or kept" },
  ],
  read({ text, isOn }) {
    if (isOn("refresh") && isOn("offline")) {
      throw new UsageError("Cannot use --refresh together with --offline: it needs the network");
    }
    return {
      maxAgeMs: parseDuration("max-age", text("max-age")),
      refresh: isOn("refresh"),
      offline: isOn("offline"),
    };
  },
} satisfies SharedGroup;

/** How old a listing of the bucket may be. */
export type ListingArgs = ReturnType<typeof LISTING.read>;
