/**
 * What the exit codes mean that several commands share.
 *
 * @module
 */

import type { ExitMeanings } from "./command_doc.ts";

/** Of every command. */
export const EVERY_EXIT = {
  complete: "done",
  unexpected: "something unexpected; --debug shows where it comes from",
  usage: "the command line cannot be read",
} as const satisfies ExitMeanings;

/** Of every command that reads or writes the cache. */
export const CACHE_EXITS = {
  ...EVERY_EXIT,
  configuration: "no place for the cache is known",
  disk: "the disk is full, read-only, damaged or not yours",
  interrupted: "interrupted, as by Ctrl+C",
  terminated: "terminated by the system",
} as const satisfies ExitMeanings;
