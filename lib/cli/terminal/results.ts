/**
 * Shows what a command found: as JSON, as a table, or in a line.
 *
 * @module
 */

import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { renderTable } from "../render/style.ts";
import { renderNotice } from "../render/warning.ts";

type Screen = Pick<Context, "terminal" | "style">;

/** Writes a value as JSON to standard output. */
export async function showJson(value: unknown, { terminal }: Screen): Promise<number> {
  await terminal.data(`${JSON.stringify(value, undefined, 2)}\n`);
  return EXIT.complete;
}

/** A table for people. */
interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table with the bucket that each row is from, where they are from several. */
export function withSources(
  table: Table,
  of: readonly { readonly source: string | null }[],
): Table {
  if (new Set(of.map(({ source }) => source)).size < 2) return table;
  return {
    headings: [...table.headings, "SOURCE"],
    rows: table.rows.map((row, i) => [...row, of[i]!.source ?? "-"]),
  };
}

/** Writes a table to standard output; see `renderTable()`. */
export async function showTable({ headings, rows }: Table, { terminal }: Screen): Promise<number> {
  await terminal.data(`${renderTable(headings, rows).join("\n")}\n`);
  return EXIT.complete;
}

/** Says something on standard error. */
export function showLine(text: string, { terminal }: Screen): number {
  terminal.line(text);
  return EXIT.complete;
}

/** Says what changes the result, quietly too. */
export function noticesOn({ terminal, style }: Screen): (of: { message: string }) => void {
  return ({ message }) => terminal.error(renderNotice(message, style));
}
