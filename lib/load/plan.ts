/**
 * Compares what is wanted with what is recorded and lists the tasks.
 *
 * @module
 */

import {
  byDate,
  bytesOfAll,
  type DatedObject,
  isInSpan,
  isRecorded,
  type ObjectVersion,
  type Span,
} from "../dated_object.ts";
import type { Dataset } from "../market/dataset.ts";

/** What one ticker of the request wants, and has. */
export interface Demand {
  readonly request: {
    readonly dataset: Pick<Dataset, "name">;
    readonly period: Span;
  };
  /** The versions whose rows are recorded, by key. */
  readonly records: ReadonlyMap<string, ObjectVersion>;
}

/** The work for one object, for all who want it. */
export interface Task<W extends Demand> {
  readonly object: DatedObject;
  readonly demands: readonly W[];
}

/** What there is to do. */
export interface Plan<W extends Demand> {
  /** Objects that the bucket has for the request. */
  readonly listed: number;
  /** Those of them whose rows all are recorded. */
  readonly recorded: number;
  /** The others; the first five are spread over the whole span, the rest goes back in time. */
  readonly tasks: readonly Task<W>[];
  /** Bytes of the tasks' objects, as far as these can be loaded. */
  readonly bytes: number;
}

/** Lists the tasks: one an object, whoever wants it. Objects are given by dataset. */
export function planTasks<W extends Demand>(
  listing: ReadonlyMap<string, readonly DatedObject[]>,
  demands: readonly W[],
): Plan<W> {
  let listed = 0;
  const tasks: Task<W>[] = [];
  for (const [dataset, objects] of listing) {
    const spans = spansOf(demands.filter(({ request }) => request.dataset.name === dataset));
    for (const object of objects) {
      const inSpan = spans.filter((span) => isInSpan(object, span.period));
      if (inSpan.length === 0) continue;
      listed++;
      const [missing = [], ...others] = inSpan.map((span) => span.missing(object));
      const together = others.length === 0 ? missing : [...missing, ...others.flat()];
      if (together.length > 0) tasks.push({ object, demands: together });
    }
  }
  const bytes = bytesOfAll(tasks.map(({ object }) => object));
  return {
    listed,
    recorded: listed - tasks.length,
    tasks: spreadFirst(newestFirst(tasks)),
    bytes,
  };
}

function spansOf<W extends Demand>(demands: readonly W[]): SpanDemands<W>[] {
  const bySpan = Map.groupBy(demands, ({ request: { period: { from, to } } }) => `${from} ${to}`);
  return Array.from(bySpan.values(), (ofSpan) => new SpanDemands(ofSpan));
}

/**
 * Those who want the same dates. There may be a hundred thousand for each of thousands of objects,
 * so only those are looked at who have anything recorded, and lists that are alike are one list.
 */
class SpanDemands<W extends Demand> {
  readonly period: Demand["request"]["period"];
  readonly #demands: readonly W[];
  readonly #withRecords: readonly W[];
  /** Who had the object before this one, and who lacked it. */
  #have: readonly W[] = [];
  #missing: readonly W[];

  constructor(demands: readonly W[]) {
    this.period = demands[0]!.request.period;
    this.#demands = demands;
    this.#withRecords = demands.filter(({ records }) => records.size > 0);
    this.#missing = demands;
  }

  /** Those who have not recorded the object. */
  missing(object: DatedObject): readonly W[] {
    const have = this.#withRecords.filter((demand) => isRecorded(object, demand.records));
    const isSame = have.length === this.#have.length && have.every((w, i) => w === this.#have[i]);
    if (isSame) return this.#missing;
    const having = new Set(have);
    this.#have = have;
    this.#missing = this.#demands.filter((demand) => !having.has(demand));
    return this.#missing;
  }
}

function newestFirst<W extends Demand>(tasks: readonly Task<W>[]): Task<W>[] {
  return tasks.toSorted((a, b) =>
    byDate(b.object, a.object) || (a.object.key < b.object.key ? -1 : 1)
  );
}

/**
 * Brings five tasks from the whole span to the front, the newest first: they show early
 * whether the account may read anything of it, since no side of a span is known to be
 * the one that a plan excludes.
 */
function spreadFirst<T>(tasks: readonly T[]): T[] {
  const last = tasks.length - 1;
  const first = new Set([0, 1, 0.5, 0.25, 0.75].map((part) => Math.round(part * last)));
  const spread = [...first].flatMap((i) => tasks[i] ?? []);
  return [...spread, ...tasks.filter((_, i) => !first.has(i))];
}
