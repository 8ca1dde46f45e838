/**
 * Plays the scenarios in turn, round after round.
 *
 * Each run has a fresh folder, and none is deleted before the last has ended: ext4 makes files
 * ten times more slowly where many have just been deleted. What a run left to be written to
 * the disk is written before the next one is measured.
 *
 * @module
 */

import type { BenchServers } from "./bench_server.ts";
import { type Measure, measure, ProgramError } from "./measure.ts";
import type { Ended, Scenario } from "./scenario.ts";
import type { Traffic } from "./server.ts";

/** What one run took, on both sides. */
export interface Run extends Measure, Traffic {
  /** What the scenario takes of its own. */
  readonly share: number | undefined;
}

/** How often, and where. */
export interface RoundsOptions {
  /** Rounds that count; one more goes before them. */
  readonly rounds: number;
  readonly servers: BenchServers;
  /** A folder for the runs' folders. */
  readonly folder: string;
  /** Is told in a line what was played or skipped. */
  readonly say: (line: string) => void;
}

/** The exit code of a program that does not know an option. */
const USAGE = 2;

/** Plays the scenarios that can be, and returns their runs by scenario. */
export async function playRounds(
  scenarios: readonly Scenario[],
  options: RoundsOptions,
): Promise<Map<Scenario, Run[]>> {
  const { rounds, say } = options;
  const runs = new Map<Scenario, Run[]>();
  for (const scenario of scenarios) {
    const lack = await scenario.lacks?.();
    if (lack === undefined) runs.set(scenario, []);
    else say(`skipped, for lack of ${lack}: ${scenario.title}`);
  }
  for (let round = 0; round <= rounds; round++) {
    for (const [scenario, played] of runs) {
      const run = await playOrSkip(scenario, round, options);
      if (run === undefined) runs.delete(scenario);
      else if (round > 0) played.push(run);
    }
  }
  return runs;
}

/** A run, or `undefined` when this state of the program or its server cannot play it. */
async function playOrSkip(
  scenario: Scenario,
  round: number,
  options: RoundsOptions,
): Promise<Run | undefined> {
  const { rounds, say } = options;
  try {
    const run = await play(scenario, round, options);
    const when = round === 0 ? "warm-up" : `round ${round}/${rounds}`;
    say(`${when}: ${run.wallS.toFixed(2)} s ${scenario.title}`);
    return run;
  } catch (error) {
    if (!(error instanceof ProgramError && error.code === USAGE)) throw error;
    say(`skipped, refused: ${scenario.title} (${error.firstLine})`);
  }
}

async function play(
  { id, server: options = [], prepare, run, check, share }: Scenario,
  round: number,
  { servers, folder: runs }: RoundsOptions,
): Promise<Run> {
  const server = await servers.with(options);
  const place = { url: server.url, folder: `${runs}/${id}-${round}` };
  await Deno.mkdir(place.folder, { recursive: true });
  await prepare?.(place);
  await measure({ command: "sync", args: [] });
  await server.takeTraffic();
  const { measure: taken, stdout } = await measure(run(place));
  const traffic = await server.takeTraffic();
  const ended: Ended = { place, stdout, measure: taken, traffic };
  await check?.(ended);
  return { ...taken, ...traffic, share: await share?.take(ended) };
}
