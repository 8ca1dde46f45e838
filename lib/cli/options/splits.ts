/**
 * Whether bars are adjusted for splits, and where those are from.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { Entry } from "../command_doc.ts";
import type { SharedGroup } from "../command_spec.ts";

/** Whether bars are adjusted. */
export interface SplitArgs {
  /** A file implies it. */
  readonly adjust: "splits" | undefined;
  /** A file with splits, instead of the REST API. */
  readonly splitsFile: string | undefined;
}

/** Options of every command that gives bars. */
export const SPLITS: SharedGroup<SplitArgs> = {
  title: "Splits",
  options: [
    {
      name: "adjust",
      value: { name: "WHAT", example: "splits", completion: ["splits"] },
      help: "splits: prices and volumes of stocks in today's shares (default as the vendor has " +
        "them)",
    },
    {
      name: "splits",
      value: { name: "FILE", example: "splits.csv", completion: "file" },
      help: "adjust for the splits in FILE, CSV or JSON with ticker, execution_date, split_from, " +
        "split_to, instead of those of the REST API",
    },
  ],
  read({ text }) {
    const [what, splitsFile] = [text("adjust"), text("splits")];
    if (what !== undefined && what !== "splits") {
      throw new UsageError(`Cannot adjust for ${quote(what)}: want splits`);
    }
    return { adjust: splitsFile === undefined ? what : "splits", splitsFile };
  },
};

/** The variables that say where the REST API is and which key opens it. */
export const SPLITS_VARIABLES: readonly Entry[] = [
  ["MASSIVE_API_KEY", "the REST API's key, for --adjust splits; else POLYGON_API_KEY"],
  ["MASSIVE_API_ENDPOINT", "where the REST API is (default https://api.massive.com)"],
];
