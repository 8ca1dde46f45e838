/**
 * Rows as a table of aligned columns. Pure.
 *
 * @module
 */

import { textWidth } from "./text_width.ts";
import { printable } from "./style.ts";

/** Lines of a table; columns whose heading starts with `>` are aligned to the right. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const names = headings.map((heading) => heading.replace(/^>/, ""));
  const lines = [names, ...rows].map((cells) => cells.map(printable));
  const widths = names.map((_, i) => Math.max(...lines.map((cells) => textWidth(cells[i]!))));
  return lines.map((cells) =>
    cells.map((cell, i) => {
      const space = " ".repeat(widths[i]! - textWidth(cell));
      return headings[i]!.startsWith(">") ? space + cell : cell + space;
    }).join("  ").trimEnd()
  );
}
