/**
 * What every command can be told: how much it shows, and how.
 *
 * @module
 */

import type { Entry, OptionSpec } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

/** Options of every command. */
export const SCREEN = {
  title: "Common options",
  options: [
    { name: "quiet", short: "q", help: "show errors and warnings only" },
    { name: "no-color", help: "no colors and no signs" },
    { name: "debug", help: "show where an error comes from, and what was passed over" },
    { name: "help", short: "h", help: "show this" },
    { name: "version", help: "show the version" },
  ],
  read: ({ isOn }) => ({
    quiet: isOn("quiet"),
    noColor: isOn("no-color"),
    debug: isOn("debug"),
  }),
} satisfies SharedGroup;

/** How a command shows itself. */
export type ScreenArgs = ReturnType<typeof SCREEN.read>;

/** The variables that say what the screen can show. */
export const SCREEN_VARIABLES: readonly Entry[] = [
  ["NO_COLOR", "when it is not empty, no colors and no signs, as with --no-color"],
  ["TERM, LC_ALL, LC_CTYPE, LANG", "whether colors and signs can be shown"],
];

/** The switch for programs that read the output, with what it prints. */
export function jsonOption(help: string): OptionSpec {
  return { name: "json", help };
}
