/**
 * Shows what a command found: as JSON, as a table, or in a line.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { EXIT } from "./explain.ts";
import { renderNotice } from "./render_warning.ts";

type Screen = Pick<Context, "terminal" | "style">;

/** Writes a value as JSON to standard output. */
export async function showJson(value: unknown, { terminal }: Screen): Promise<number> {
  await terminal.data(`${JSON.stringify(value, undefined, 2)}\n`);
  return EXIT.complete;
}

/** Writes a table to standard output; see `renderTable()`. */
export async function showTable(
  { headings, rows }: { headings: readonly string[]; rows: readonly (readonly string[])[] },
  { terminal }: Screen,
): Promise<number> {
  const { renderTable } = await import("./table.ts");
  await terminal.data(`${renderTable(headings, rows).join("\n")}\n`);
  return EXIT.complete;
}

/** Says something on standard error. */
export function showLine(text: string, { terminal }: Screen): number {
  terminal.line(text);
  return EXIT.complete;
}

/** Names each file that only a newer version can read. */
export function noticesOn({ terminal, style }: Screen): (error: Error) => void {
  return ({ message }) => terminal.line(renderNotice(message, style));
}
