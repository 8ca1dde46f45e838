/**
 * `flatfetch doctor`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { BUCKET, BUCKET_VARIABLES, CACHE, CACHE_VARIABLES } from "../options/places.ts";
import { jsonOption, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";

/** Checks whether a run can work. */
export const doctor: CommandSpec<"doctor", DoctorArgs> = {
  name: "doctor",
  summary: "find out why a run does not work, and what your plan serves",
  usage: ["doctor [options]"],
  description: [
    "Checks versions, threads, the cache directory and its disk; where the keys are from, " +
    "whether the endpoint answers, and how far its clock is from this machine's; whether the " +
    "bucket can be listed, which dates of each dataset your plan serves, and whether a small " +
    "file comes whole. Each line comes as soon as it is known: ok, a warning, or a failure, " +
    "with what to do below it. What depends on a failure is not tried.",
    "For the plan it asks for the first byte of about a dozen files a dataset: the newest, the " +
    "oldest, some between, and then by halves where served and refused ones meet. A small hole " +
    "between them may stay unseen.",
    "It ends within five minutes, whatever the server does. No key is ever shown.",
  ],
  options: [
    { title: "Output", options: [jsonOption("the same as JSON on standard output")] },
    CACHE,
    BUCKET,
    SCREEN,
  ],
  examples: [
    { line: "flatfetch doctor", what: "everything, with the usual keys" },
    { line: "flatfetch doctor --profile massive", what: "with the keys of a profile" },
    { line: "flatfetch doctor --json > doctor.json", what: "to send to somebody" },
  ],
  environment: [...BUCKET_VARIABLES, ...CACHE_VARIABLES, ...SCREEN_VARIABLES],
  exits: {
    ...CACHE_EXITS,
    complete: "nothing fails; there may be warnings",
    configuration: "credentials, configuration or clock, or the plan serves nothing",
    temporary: "no connection, or no answer in time; run again",
    disk: "the cache directory or its disk cannot be used",
  },
  read,
  load: async () => (await import("./doctor_run.ts")).runDoctor,
};

/** The arguments of `doctor`. */
export type DoctorArgs = ReturnType<typeof read>;

function read(given: Given) {
  const [word] = given.words;
  if (word !== undefined) {
    throw new UsageError(`Cannot examine ${quote(word)}: doctor takes no symbol`);
  }
  return {
    ...CACHE.read(given),
    ...BUCKET.read(given),
    json: given.isOn("json"),
    quiet: given.isOn("quiet"),
  };
}
