/**
 * What a scenario is: a program, what it needs beforehand, and what has to come out.
 *
 * @module
 */

import type { Invocation, Measure } from "./measure.ts";
import type { Traffic } from "./server.ts";

/** One line of the table. */
export interface Scenario {
  /** Names it on the command line and in the goals. */
  readonly id: string;
  /** Names it in the table. */
  readonly title: string;
  /** Options of its server. @default {none} */
  readonly server?: readonly string[];
  /** What a run leaves on the disk at most, in bytes. */
  readonly leavesBytes: number;
  /** What of it the machine lacks, if anything. */
  readonly lacks?: () => Promise<string | undefined>;
  /** Does what it needs beforehand; not measured. */
  readonly prepare?: (place: Place) => Promise<unknown>;
  /** What is measured. */
  readonly run: (place: Place) => Invocation;
  /** Throws when the result is not whole. */
  readonly check?: (ended: Ended) => void | Promise<void>;
  /** A share from 0 to 1 that the table shows beside the usual. */
  readonly share?: {
    readonly of: string;
    readonly take: (ended: Ended) => number | Promise<number>;
  };
}

/** What a run is given. */
export interface Place {
  /** The endpoint. */
  readonly url: string;
  /** A folder of its own, empty at first. */
  readonly folder: string;
}

/** How a run ended. */
export interface Ended {
  readonly place: Place;
  readonly stdout: string;
  readonly measure: Measure;
  readonly traffic: Traffic;
}

/** @throws {Error} when a run brought other than what it had to. */
export function checkCount(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`The run has ${found} ${what}, want ${wanted}`);
}
