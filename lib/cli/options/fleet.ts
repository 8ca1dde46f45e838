/**
 * The server of a fleet, and as whom it is asked.
 *
 * @module
 */

import type { Entry } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command that asks the server of a fleet. */
export const FLEET = {
  title: "Fleet",
  options: [
    {
      name: "nats-creds",
      value: { name: "FILE", example: "~/fleet.creds", completion: "file" },
      help: "the credentials file for the NATS server (default NATS_CREDS)",
    },
  ],
  read: ({ text }) => ({ natsCreds: text("nats-creds") }),
} satisfies SharedGroup;

/** What is given of the server; `openFleet()` knows what stands in for the rest. */
export type FleetArgs = ReturnType<typeof FLEET.read>;

/** The variables that say as whom the server is asked. */
export const FLEET_VARIABLES: readonly Entry[] = [
  [
    "NATS_CREDS, NATS_TOKEN, NATS_USER and NATS_PASSWORD",
    "a credentials file, a token, or a name and its password for the NATS server, the first that " +
    "is set",
  ],
];
