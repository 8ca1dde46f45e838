/**
 * The exit codes, and what those mean that several commands share.
 *
 * @module
 */

/** How the program ends. */
export const EXIT = {
  complete: 0,
  unexpected: 1,
  usage: 2,
  incomplete: 3,
  configuration: 4,
  temporary: 5,
  disk: 6,
  noData: 7,
  locked: 75,
  interrupted: 130,
  terminated: 143,
} as const;

/** What exit codes mean, by the names of `EXIT`. */
export type ExitMeanings = Readonly<Partial<Record<keyof typeof EXIT, string>>>;

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
