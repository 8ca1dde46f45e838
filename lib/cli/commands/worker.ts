/**
 * `flatfetch worker`: what it declares of itself.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { optionsNamed } from "../arguments/command_doc.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import {
  BUCKET,
  BUCKET_VARIABLES,
  CACHE,
  CACHE_VARIABLES,
  FLEET,
  FLEET_VARIABLES,
  INTO,
  INTO_VARIABLES,
} from "../options/places.ts";
import { RUN, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { parseCount } from "../arguments/quantities.ts";

/** Works for a fleet. */
export const worker: CommandSpec<"worker", WorkerArgs> = {
  name: "worker",
  summary: "work on the exports of a fleet of machines",
  usage: ["worker nats://HOST:4222 [options]"],
  description: [
    "Takes files one after the other from whatever exports were started with --fleet on this server, " +
    "until it is told to end. Then it finishes what it can within eight seconds and gives the " +
    "rest back; a second signal ends it at once. Workers may come and go, and be killed: nothing is lost.",
    "Its keys, for the flat files and for the place, are its own; none is ever sent over the server.",
  ],
  operand: {
    name: "URL",
    help: "the NATS server: nats:// on this machine, else tls://",
    completion: [],
  },
  options: [
    {
      title: "Run",
      options: [
        {
          name: "slots",
          value: { name: "N", example: "4" },
          help: "files at once on this machine (default two for each core: one is fetched while " +
            "another one is converted)",
        },
        ...optionsNamed(RUN, "max-memory", "bwlimit"),
      ],
    },
    FLEET,
    { title: "Place", options: INTO.options.filter(({ name }) => name !== "into") },
    CACHE,
    BUCKET,
    SCREEN,
  ],
  examples: [{ line: "flatfetch worker nats://localhost:4222", what: "until Ctrl+C" }],
  environment: [
    ...FLEET_VARIABLES,
    ["HOSTNAME", "what this machine is called in what the fleet says"],
    ...BUCKET_VARIABLES,
    ...INTO_VARIABLES,
    ...CACHE_VARIABLES,
    ...SCREEN_VARIABLES,
  ],
  exits: {
    ...CACHE_EXITS,
    complete: "told to end",
    configuration: "credentials or configuration, or the NATS server has no JetStream",
    temporary: "the NATS server does not answer; run again",
  },
  read,
  load: async () => (await import("./worker_run.ts")).runWorkerCommand,
};

/** The arguments of `worker`. */
export type WorkerArgs = ReturnType<typeof read>;

function read(given: Given) {
  const fleet = FLEET.read(given);
  const { text, words: [url, more] } = given;
  if (url === undefined || more !== undefined) {
    throw new UsageError("Cannot work for a fleet: want the URL of its server, and nothing else");
  }
  return {
    ...{ ...fleet, url },
    ...CACHE.read(given),
    ...BUCKET.read(given),
    ...INTO.read(given),
    ...RUN.read(given),
    slots: parseCount("slots", text("slots"), 64),
  };
}
