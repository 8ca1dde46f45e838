/**
 * Checks what a caller gives, whom no compiler may have stopped: each value by a word for its kind.
 *
 * @module
 */

import { quote, typeText, UsageError } from "./errors.ts";

/** What a value may be. */
export interface Kind {
  /** The same in words. */
  readonly wanted: string;
  readonly isRight: (value: unknown) => boolean;
  /** Of a list: what each item may be. */
  readonly items?: Kind;
  /** Of an object: what its fields may be. */
  readonly fields?: Kinds;
  /** Whether it may not be left out. @default {false} */
  readonly isNeeded?: boolean;
  /** Whether a message may not show what is there instead. @default {false} */
  readonly isSecret?: boolean;
}

/** What values may be, by their names. */
export type Kinds = Readonly<Record<string, Kind>>;

/** What a list of strings may be: a string, which is a sequence of letters, is none. */
export function list(example: string): Kind {
  const wanted = `a list, such as [${quote(example)}]`;
  return { wanted, isRight: Array.isArray, items: text() };
}

/** A string; which one, is for its reader to say. */
export function text(wanted = "a string"): Kind {
  return { wanted, isRight: (value) => typeof value === "string" };
}

/** What may not be left out. */
export function needed(kind: Kind): Kind {
  return { ...kind, isNeeded: true };
}

/**
 * Checks values, of which one that is `undefined` was not given; `null` was.
 *
 * @throws {UsageError} that names the first one that is of another kind, what it is, and what it
 * may be.
 */
export function checkGiven(given: Readonly<Record<string, unknown>>, kinds: Kinds): void {
  for (const [name, kind] of Object.entries(kinds)) checkOne(name, given[name], kind);
}

function checkOne(name: string, value: unknown, kind: Kind): void {
  if (value === undefined && !kind.isNeeded) return;
  const { wanted, isRight, isSecret, items, fields = {} } = kind;
  if (!isRight(value)) {
    const found = isSecret ? typeText(value) : quote(value);
    throw new UsageError(`Cannot use ${name}: found ${found}, want ${wanted}`);
  }
  if (items !== undefined) {
    const item = needed(items);
    for (const [i, one] of (value as unknown[]).entries()) checkOne(`${name}[${i}]`, one, item);
  }
  for (const [field, of] of Object.entries(fields)) {
    checkOne(`${name}.${field}`, (value as Record<string, unknown>)[field], of);
  }
}
