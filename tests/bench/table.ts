/**
 * The table of what was measured: medians over the rounds, in Markdown.
 *
 * @module
 */

import type { Run } from "./rounds.ts";
import type { Scenario } from "./scenario.ts";

/** Medians over the rounds. */
export interface Medians {
  readonly wallS: number;
  /** How far the longest and the shortest wall time lie apart, as a share of the median. */
  readonly spread: number;
  readonly cpuS: number;
  readonly peakMb: number;
  readonly requests: number;
  readonly megabytes: number;
  readonly share: number | undefined;
}

/** Medians by the scenario's id. */
export type Results = ReadonlyMap<string, Medians>;

/** The medians of every scenario that was played. */
export function summarize(runs: ReadonlyMap<Scenario, readonly Run[]>): Results {
  return new Map([...runs].map(([{ id }, played]) => [id, mediansOf(played)]));
}

/** The whole table. */
export function resultTable(scenarios: readonly Scenario[], results: Results): string[] {
  const head = "run | wall | spread | wall / cold | CPU | peak memory | requests | bytes | besides";
  const cold = results.get("cold")?.wallS;
  return markdown(
    head.split(" | "),
    scenarios.flatMap((scenario) => {
      const medians = results.get(scenario.id);
      return medians === undefined ? [] : [row(scenario, medians, cold)];
    }),
  );
}

/** Rows under a head. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function row(
  { title, share: special }: Scenario,
  { wallS, spread, cpuS, peakMb, requests, megabytes, share }: Medians,
  cold: number | undefined,
): string[] {
  return [
    title,
    `${wallS.toFixed(2)} s`,
    percent(spread, 0),
    cold === undefined ? "" : (wallS / cold).toFixed(2),
    `${cpuS.toFixed(2)} s`,
    `${peakMb.toFixed(0)} MB`,
    String(requests),
    `${megabytes.toFixed(1)} MB`,
    share === undefined ? "" : `${special!.of}: ${percent(share, 1)}`,
  ];
}

function mediansOf(runs: readonly Run[]): Medians {
  const of = (value: (run: Run) => number) => median(runs.map(value));
  const walls = runs.map(({ wallS }) => wallS);
  const wallS = median(walls);
  return {
    wallS,
    spread: (Math.max(...walls) - Math.min(...walls)) / wallS,
    cpuS: of(({ cpuS }) => cpuS),
    peakMb: of(({ peakMb }) => peakMb),
    requests: of(({ requests }) => requests),
    megabytes: of(({ bytes }) => bytes) / 1e6,
    share: runs.every(({ share }) => share === undefined) ? undefined : of(({ share }) => share!),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}
