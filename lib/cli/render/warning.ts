/**
 * The warnings and notices of a run that works. Pure: plain data and a style in, a line out. Text
 * from outside comes out printable.
 *
 * @module
 */

import { boundedNames, quote } from "../../errors.ts";
import type { EventOf } from "../../progress.ts";
import { paint, printable, signed, type Style } from "./style.ts";
import { durationText, meantText } from "./wording.ts";

/** A warning: an attempt failed and is tried again. */
export function renderRetry(
  retry: Pick<EventOf<"retry">, "key" | "cause" | "delayMs">,
  style: Style,
): string {
  const wait = durationText(retry.delayMs);
  const text = `Retrying ${printable(retry.key)} in ${wait}: ${causeText(retry)}`;
  return paint(signed("🔁", text, style), "warning", style);
}

/** A warning: every attempt for a file failed. */
export function renderFailedFile(file: { key: string; cause: string }, style: Style): string {
  const text = `Failed: ${printable(file.key)}: ${causeText(file)}`;
  return paint(signed("❌", text, style), "bad", style);
}

/** A warning: a symbol is perhaps misspelt. */
export function renderUnknownTicker(
  unknown: Omit<EventOf<"unknown-ticker">, "type">,
  style: Style,
): string {
  const symbol = printable(unknown.symbol);
  const ticker = printable(unknown.ticker);
  const name = symbol === ticker ? symbol : `${symbol} (${ticker})`;
  const hint = meantText(unknown.symbol, unknown.suggestions);
  const newest = `the newest file (${printable(unknown.date)})`;
  const text = `${name} is not in ${newest}${hint}`;
  return paint(signed("❗", text, style), "warning", style);
}

/** A remark: what lies among the files and is none. */
export function renderStrays(
  { count, keys }: Pick<EventOf<"strays">, "count" | "keys">,
  style: Style,
): string {
  const names = keys.map(quote).join(", ");
  const more = count > keys.length ? ` and ${count - keys.length} more` : "";
  const what = count === 1 ? "object that is no flat file" : "objects that are no flat files";
  return signed("📌", `Passed over ${count} ${what}: ${names}${more}`, style);
}

/** Something that the user should know. */
export function renderNotice(message: string, style: Style): string {
  return signed("📌", printable(message), style);
}

/** Why a file failed, without the file's own name, so that equal causes look equal. */
export function causeText(failure: { key: string; cause: string }): string {
  const name = JSON.stringify(failure.key) + ": ";
  const at = failure.cause.indexOf(name);
  const isNamed = at >= 0 && /^Cannot \w+ $/.test(failure.cause.slice(0, at));
  return printable(failure.cause.slice(isNamed ? at + name.length : 0));
}

/** A notice: what stays in a cache directory that is cleared. */
export function renderLeft(paths: readonly string[], style: Style): string {
  const named = boundedNames(paths.map(quote), 5);
  return renderNotice(`What nothing proves to be flatfetch's stays: ${named}`, style);
}
