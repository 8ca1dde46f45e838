/**
 * Seeks the limit of tasks at which throughput is highest, and no more than it needs.
 *
 * First it doubles the limit for as long as a doubling brings half more throughput, and so
 * finds the pipe full, as the start of BBR does (Cardwell et al., "BBR: Congestion-Based
 * Congestion Control", ACM Queue 14(5), 2016; there a quarter more is enough, but what is
 * beyond the pipe costs memory here). Then it holds, and tries in turn a quarter more and a
 * fifth less, as PCC does (Dong et al., "PCC: Re-architecting Congestion Control for Consistent
 * High Performance", NSDI 2015). More is kept, and doubled, when the elasticity of throughput
 * is ½ at least: it is 1 where each further task works like those before it, and 0 where it
 * only waits. Less is kept, and lessened again, as long as it costs a twentieth at most. A
 * trial that fails makes the next one come later.
 *
 * @module
 */

/** What a round of work at one limit has shown. */
export interface Reading {
  readonly limit: number;
  /** Finished a millisecond. */
  readonly rate: number;
}

/** Between which limits it is sought. */
export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

const DOUBLING_BRINGS = 1.5;
/** A pipe that is only just full runs empty at times. */
const HEADROOM = 1.25;
const MORE = 1.25;
const LESS = 0.8;
/** The least elasticity for which more is kept. */
const MORE_PAYS = 0.5;
/** The least part of the throughput for which less is kept. */
const LESS_LEAVES = 0.95;
const FIRST_HOLD_ROUNDS = 4;
const LONGEST_HOLD_ROUNDS = 16;
const SURPRISE = 1.5;

type Stage =
  | { readonly name: "doubling"; readonly from?: Reading }
  | { readonly name: "holding"; readonly rates: readonly number[] }
  | { readonly name: "trying"; readonly from: Reading };

/** Takes a reading after each round and says at which limit the next one works. */
export class ThroughputProbe {
  readonly #range: Range;
  #stage: Stage = { name: "doubling" };
  #holdRounds = FIRST_HOLD_ROUNDS;
  #upwards = true;

  constructor(range: Range) {
    this.#range = range;
  }

  /** Begins to hold, wherever it was. */
  hold(): void {
    this.#stage = { name: "holding", rates: [] };
    this.#holdRounds = FIRST_HOLD_ROUNDS;
  }

  /** The limit of the next round. */
  next(reading: Reading): number {
    switch (this.#stage.name) {
      case "doubling":
        return this.#double(reading, this.#stage.from);
      case "holding":
        return this.#hold(reading, this.#stage.rates);
      case "trying":
        return this.#judge(reading, this.#stage.from);
    }
  }

  #double(reading: Reading, from: Reading | undefined): number {
    const growth = from === undefined ? Infinity : reading.rate / from.rate;
    const isPaid = growth >= DOUBLING_BRINGS;
    if (isPaid && reading.limit < this.#range.highest) return this.#doubleFrom(reading);
    this.hold();
    if (isPaid || from === undefined) return reading.limit;
    // Little's law: so many at the pace of the lower limit make up the throughput seen here.
    const full = from.limit * Math.max(1, growth);
    return Math.min(reading.limit, Math.ceil(HEADROOM * full));
  }

  #doubleFrom(from: Reading): number {
    this.#stage = { name: "doubling", from };
    return Math.min(2 * from.limit, this.#range.highest);
  }

  #hold({ limit, rate }: Reading, before: readonly number[]): number {
    if (before.length > 0 && isSurprising(rate / mean(before))) {
      this.hold();
      return limit;
    }
    const rates = [...before, rate];
    this.#stage = { name: "holding", rates };
    if (rates.length < this.#holdRounds) return limit;
    this.#stage = { name: "trying", from: { limit, rate: mean(rates) } };
    return this.#trialFrom(limit);
  }

  #trialFrom(limit: number): number {
    const { lowest, highest } = this.#range;
    const isUpwards = limit >= highest ? false : limit <= lowest ? true : this.#upwards;
    this.#upwards = !isUpwards;
    return isUpwards ? Math.min(highest, Math.ceil(MORE * limit)) : this.#lessThan(limit);
  }

  #judge(reading: Reading, from: Reading): number {
    const ratio = reading.rate / from.rate;
    if (reading.limit < from.limit && ratio >= LESS_LEAVES) return this.#lessAgain(reading, from);
    const isMore = reading.limit > from.limit;
    if (isMore && elasticity(reading, from) >= MORE_PAYS) return this.#doubleFrom(reading);
    const rounds = Math.min(LONGEST_HOLD_ROUNDS, 2 * this.#holdRounds);
    this.hold();
    if (!isSurprising(ratio)) this.#holdRounds = rounds;
    return from.limit;
  }

  /** The next step down is compared with the throughput before the first one. */
  #lessAgain({ limit }: Reading, { rate }: Reading): number {
    this.hold();
    if (limit <= this.#range.lowest) return limit;
    this.#stage = { name: "trying", from: { limit, rate } };
    return this.#lessThan(limit);
  }

  #lessThan(limit: number): number {
    return Math.max(this.#range.lowest, Math.floor(LESS * limit));
  }
}

/** The relative change of throughput over that of the limit. */
function elasticity(reading: Reading, from: Reading): number {
  return Math.log(reading.rate / from.rate) / Math.log(reading.limit / from.limit);
}

/** Throughput that changes so much by itself shows another server, or another line. */
function isSurprising(ratio: number): boolean {
  return ratio > SURPRISE || ratio < 1 / SURPRISE;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length;
}
