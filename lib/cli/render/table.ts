/**
 * Rows as a table of aligned columns, and how many columns of a terminal a text takes. Pure.
 *
 * @module
 */

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

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What is not seen by itself: control, format and combining characters. */
const UNSEEN = /^[\p{Control}\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}]*$/u;

/** What takes two columns: emoji, and the letters that East Asian scripts set in squares. */
const WIDE = [
  /\p{Emoji}\ufe0f|^\p{Emoji_Presentation}/u,
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3]/u,
  /^[\uf900-\ufaff\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6]/u,
  /^[\u{16fe0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u,
];

/** The columns of a text without control sequences. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of CHARACTERS.segment(text)) {
    if (!UNSEEN.test(segment)) columns += WIDE.some((wide) => wide.test(segment)) ? 2 : 1;
  }
  return columns;
}
