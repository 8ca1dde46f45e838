/**
 * Checks what a caller gives, whom no compiler may have stopped: each value by what it may be.
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
  /** Whether a message names only the type of what is there instead. @default {false} */
  readonly isSecret?: boolean;
}

/** What values may be, by their names. */
export type Kinds = Readonly<Record<string, Kind>>;

/** True or false. */
export const FLAG: Kind = {
  wanted: "true or false",
  isRight: (value) => typeof value === "boolean",
};

/** Whatever can be called. */
export const FUNCTION: Kind = {
  wanted: "a function",
  isRight: (value) => typeof value === "function",
  isSecret: true,
};

/** What ends something early. */
export const SIGNAL: Kind = {
  wanted: "an AbortSignal",
  isRight: (value) => value instanceof AbortSignal,
};

/** Somewhere on a disk. */
export const PATH: Kind = {
  wanted: "a path",
  isRight: (value) => typeof value === "string" && value !== "",
};

/** What a loop can go through, but the letters of a string. */
export const SEQUENCE: Kind = {
  wanted: "a list, or what a loop can go through like one",
  isRight: (value) => isObject(value) && Symbol.iterator in value,
  isSecret: true,
};

/** The same, or what a loop has to await. */
export const STREAM: Kind = {
  ...SEQUENCE,
  isRight: (value) => SEQUENCE.isRight(value) || isObject(value) && Symbol.asyncIterator in value,
};

/** A string; which one, is for its reader to say. */
export function text(wanted = "a string"): Kind {
  return { wanted, isRight: (value) => typeof value === "string" };
}

/** One of some words. */
export function oneOf(words: readonly string[]): Kind {
  const wanted = words.map(quote).join(" or ");
  return { wanted, isRight: (value) => words.includes(value as string) };
}

/** A number from one to another, both included. */
export function number(
  [least, most]: readonly [least: number, most?: number],
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): Kind {
  const span = most !== undefined
    ? ` from ${least} to ${most}`
    : least === 0
    ? " that is not negative"
    : ` of at least ${least}`;
  return {
    wanted: `a ${isWhole ? "whole " : ""}number${span}`,
    isRight: (value) =>
      typeof value === "number" && least <= value && value <= (most ?? Infinity) &&
      (!isWhole || Number.isInteger(value)),
  };
}

/** A list of what the items may be; a string is none, though it is a sequence of letters. */
export function list(example: string, items: Kind = text()): Kind {
  return { wanted: `a list, such as [${example}]`, isRight: Array.isArray, items };
}

/** An object, or whatever else is right, whose fields may be so. */
export function object(fields: Kinds = {}, wanted = "an object"): Kind {
  const isRight = (value: unknown) => isObject(value) && !STREAM.isRight(value);
  return { wanted, isRight, fields, isSecret: true };
}

/** What is of one kind, or else of the other. */
export function either(one: Kind, other: Kind): Kind {
  return {
    wanted: `${one.wanted} or ${other.wanted}`,
    isRight: (value) => one.isRight(value) || other.isRight(value),
    isSecret: one.isSecret ?? other.isSecret ?? false,
  };
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
export function checkGiven(given: object, kinds: Kinds, of = ""): void {
  for (const [name, kind] of Object.entries(kinds)) {
    checkOne(of + name, (given as Record<string, unknown>)[name], kind);
  }
}

/**
 * Checks an object with options.
 *
 * @throws as {@linkcode checkGiven} does.
 */
export function checkOptions(options: unknown, kinds: Kinds): void {
  checkGiven({ options }, OPTIONS);
  checkGiven(options as object, kinds);
}

const OPTIONS = { options: needed(object()) };

function checkOne(name: string, value: unknown, kind: Kind): void {
  if (value === undefined && !kind.isNeeded) return;
  const { wanted, isRight, isSecret, items, fields } = kind;
  if (!isRight(value)) {
    const found = isSecret ? typeText(value) : quote(value);
    throw new UsageError(`Cannot use ${name}: found ${found}, want ${wanted}`);
  }
  if (items !== undefined) {
    const item = needed(items);
    const hasParts = item.items !== undefined || item.fields !== undefined;
    for (const [i, one] of (value as unknown[]).entries()) {
      // Most are right, and of thousands each name takes its time.
      if (hasParts || !item.isRight(one)) checkOne(`${name}[${i}]`, one, item);
    }
  }
  if (fields !== undefined) checkGiven(value as object, fields, `${name}.`);
}

/** Whether a value is an object, and not `null`. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
