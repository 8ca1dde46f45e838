/**
 * A server and its client in simulated time: how long a run takes under a pace, and what is
 * throttled, without a second passing.
 *
 * @module
 */

import { Pace } from "../../lib/concurrency/pace.ts";
import { hashText, unit } from "../../fixtures/random.ts";

/** How the server answers from some moment on. */
export interface Manners {
  /** Before an answer begins. */
  readonly latencyMs: number;
  /** Answers that it makes a second, one after another. */
  readonly perSecond: number;
  /** More than this under way are refused. @default {Infinity} */
  readonly throttleAbove?: number;
}

/** A run: from each moment on, other manners. */
export interface Run {
  readonly tasks: number;
  readonly begin: number;
  readonly highest?: number;
  readonly manners: readonly (Manners & { readonly fromMs?: number })[];
  /** Each time is stretched by up to this part, from a seed. @default {0} */
  readonly noise?: number;
}

/** What came of it. */
export interface Outcome {
  readonly elapsedMs: number;
  readonly requests: number;
  /** When requests were refused. */
  readonly throttledAtMs: readonly number[];
  /** The limit after each answer. */
  readonly limits: readonly { readonly atMs: number; readonly limit: number }[];
  /** The mean limit between two moments, by time. */
  meanLimit(fromMs: number, toMs: number): number;
}

interface Event {
  readonly atMs: number;
  readonly act: () => void;
}

/** Plays a run to its end. */
export function simulate(run: Run): Outcome {
  return new Simulation(run).play();
}

class Simulation {
  readonly #run: Run;
  readonly #places: { limit: number; running: number };
  readonly #pace: Pace;
  readonly #events: Event[] = [];
  readonly #throttledAtMs: number[] = [];
  readonly #limits: { atMs: number; limit: number }[] = [];
  readonly #hash = hashText("simulation", 1);
  #drawn = 0;
  #nowMs = 0;
  #started = 0;
  #requests = 0;
  #underWay = 0;
  #busyUntilMs = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#places = { limit: run.begin, running: 0 };
    this.#pace = new Pace(this.#places, run.highest);
  }

  play(): Outcome {
    this.#admit();
    for (let event = this.#next(); event; event = this.#next()) {
      this.#nowMs = event.atMs;
      event.act();
      this.#limits.push({ atMs: this.#nowMs, limit: this.#places.limit });
      this.#admit();
    }
    const limits = this.#limits;
    return {
      elapsedMs: this.#nowMs,
      requests: this.#requests,
      throttledAtMs: this.#throttledAtMs,
      limits,
      meanLimit: (fromMs, toMs) => meanLimit(limits, fromMs, toMs),
    };
  }

  #admit(): void {
    while (this.#places.running < this.#places.limit && this.#started < this.#run.tasks) {
      this.#started++;
      this.#places.running++;
      this.#send(1);
    }
  }

  #send(attempt: number): void {
    const { latencyMs, perSecond, throttleAbove = Infinity } = this.#manners();
    this.#requests++;
    const arrivedMs = this.#nowMs + this.#noisy(latencyMs);
    const sentMs = this.#nowMs;
    if (this.#underWay >= throttleAbove) {
      return this.#at(arrivedMs, () => this.#refuse(attempt, sentMs));
    }
    this.#underWay++;
    this.#busyUntilMs = Math.max(arrivedMs, this.#busyUntilMs) + this.#noisy(1_000 / perSecond);
    this.#at(this.#busyUntilMs, () => this.#finish(attempt));
  }

  /** The refused one waits in its place and is sent again, as `lib/http/sender.ts` does. */
  #refuse(attempt: number, sentMs: number): void {
    this.#throttledAtMs.push(this.#nowMs);
    this.#pace.throttled({ sentMs, nowMs: this.#nowMs });
    const delayMs = this.#draw() * Math.min(20_000, 1_000 * 2 ** (attempt - 1));
    this.#at(this.#nowMs + delayMs, () => this.#send(attempt + 1));
  }

  #finish(attempt: number): void {
    this.#underWay--;
    this.#places.running--;
    if (attempt === 1) this.#pace.succeeded(this.#nowMs);
  }

  #manners(): Manners {
    return this.#run.manners.findLast(({ fromMs = 0 }) => fromMs <= this.#nowMs)!;
  }

  #noisy(ms: number): number {
    return ms * (1 + (this.#run.noise ?? 0) * this.#draw());
  }

  #draw(): number {
    return unit(this.#hash, this.#drawn++);
  }

  #at(atMs: number, act: () => void): void {
    this.#events.push({ atMs, act });
  }

  /** The earliest event, and of those at one moment the first that was planned. */
  #next(): Event | undefined {
    const { length } = this.#events;
    let earliest = 0;
    for (let i = 1; i < length; i++) {
      if (this.#events[i]!.atMs < this.#events[earliest]!.atMs) earliest = i;
    }
    return this.#events.splice(earliest, 1)[0];
  }
}

function meanLimit(
  limits: readonly { atMs: number; limit: number }[],
  fromMs: number,
  toMs: number,
): number {
  const inside = limits.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const ends = [...inside.slice(1).map(({ atMs }) => atMs), toMs];
  const area = inside.reduce((sum, { limit, atMs }, i) => sum + limit * (ends[i]! - atMs), 0);
  return area / (toMs - inside[0]!.atMs);
}
