/**
 * Whether companies are followed through their tickers, and where those are from.
 *
 * @module
 */

import type { SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command that gives bars, or judges them. */
export const FOLLOW = {
  title: "Earlier tickers",
  options: [
    {
      name: "follow",
      help:
        "a company's bars under all tickers that it has had, so that META has those of FB, and " +
        "none of whoever had META before; a column ticker says which",
    },
    {
      name: "renames",
      value: { name: "FILE", example: "renames.csv", completion: "file" },
      help:
        "follow by the changes in FILE, with date, old and new, or an answer of the vendor's, " +
        "instead of asking the REST API",
    },
  ],
  read({ text, isOn }) {
    const renamesFile = text("renames");
    return { follow: isOn("follow") || renamesFile !== undefined, renamesFile };
  },
} satisfies SharedGroup;
