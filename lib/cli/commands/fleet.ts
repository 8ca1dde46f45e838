/**
 * `flatfetch fleet`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { EVERY_EXIT } from "../explain/exits.ts";
import { FLEET, FLEET_VARIABLES } from "../options/places.ts";
import { jsonOption, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { parseCount } from "../arguments/quantities.ts";

const ACTIONS = ["status", "cancel", "at-once"] as const;

/** Looks after the jobs of a fleet. */
export const fleet: CommandSpec<"fleet", FleetCommandArgs> = {
  name: "fleet",
  summary: "show, slow down or cancel what a fleet of workers does",
  usage: [
    "fleet status nats://HOST:4222",
    "fleet at-once N nats://HOST:4222 [JOB]",
    "fleet cancel nats://HOST:4222 [JOB]",
  ],
  description: [
    "status shows each job: how many files wait, are worked on, are done and failed, and how many " +
    "may be worked on at once; that is less than the job's own number while the source throttles.",
    "at-once changes this number while workers work, cancel ends a job: workers drop what they " +
    "have of it, and what was written stays. Both hold for every job unless one is named.",
  ],
  operand: { name: "ACTION", help: ACTIONS.join(", "), completion: ACTIONS },
  options: [
    FLEET,
    { title: "Output", options: [jsonOption("the same as JSON on standard output")] },
    SCREEN,
  ],
  examples: [
    { line: "flatfetch fleet status nats://localhost:4222", what: "what the fleet does" },
    { line: "flatfetch fleet at-once 5 nats://localhost:4222", what: "five files at once, in all" },
  ],
  environment: [...FLEET_VARIABLES, ...SCREEN_VARIABLES],
  exits: {
    ...EVERY_EXIT,
    configuration:
      "the NATS server refuses the credentials, has no JetStream, or no certificate that is trusted",
    temporary: "the NATS server does not answer; run again",
    interrupted: "interrupted, as by Ctrl+C",
    terminated: "terminated by the system",
  },
  read,
  load: async () => (await import("./fleet_run.ts")).runFleet,
};

/** The arguments of `fleet`. */
export type FleetCommandArgs = ReturnType<typeof read>;

function read(given: Given) {
  const fleet = FLEET.read(given);
  const [word, ...rest] = given.words;
  const kind = ACTIONS.find((action) => action === word);
  if (kind === undefined) {
    const found = word === undefined ? "no action is given" : `found ${quote(word)}`;
    throw new UsageError(`Cannot ask the fleet: ${found}, want one of ${ACTIONS.join(", ")}`);
  }
  const number = kind === "at-once" ? rest.shift() : "1";
  const [url, job, more] = rest;
  if (Number.isNaN(Number(number)) || url === undefined || more !== undefined) {
    const wanted = kind === "at-once" ? "a number, then the server's URL" : "the server's URL";
    throw new UsageError(`Cannot ask the fleet for ${kind}: want ${wanted}`);
  }
  const count = parseCount("at-once", number, 10_000)!;
  if (kind === "status" && job !== undefined) {
    throw new UsageError(
      `Cannot ask the fleet for status: want one URL, found ${quote(job)} too`,
    );
  }
  const action = kind === "status" ? { kind } : { kind, count, job };
  return { ...fleet, url, action, json: given.isOn("json") };
}
