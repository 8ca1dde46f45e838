/**
 * `flatfetch completions`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { EVERY_EXIT } from "../explain/exits.ts";
import { SCREEN } from "../options/run.ts";

/** The shells that there is a script for. */
const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** Prints a script that teaches a shell the commands and options. */
export const completions: CommandSpec<"completions", CompletionsArgs> = {
  name: "completions",
  summary: "let your shell complete commands and options",
  usage: ["completions bash|zsh|fish|powershell"],
  description: [
    "Prints a script for your shell. With it, the Tab key completes commands, options, and those " +
    "of their values that are known: periods, intervals, formats, files, directories, and the " +
    "date of today where a date is wanted.",
    "The script asks flatfetch itself at each Tab, be it the binary, a script of that name on your " +
    "PATH or an alias; it reads no file and no network then.",
  ],
  operand: { name: "SHELL", help: SHELLS.join(", "), completion: SHELLS },
  options: [SCREEN],
  examples: [
    {
      line: "flatfetch completions bash > ~/.local/share/bash-completion/completions/flatfetch",
      what: "for bash with the package bash-completion; without it, source the script in ~/.bashrc",
    },
    {
      line: "flatfetch completions zsh > ~/.zsh/_flatfetch",
      what: "for zsh, with fpath=(~/.zsh $fpath) before compinit in ~/.zshrc; or source the " +
        "script behind compinit",
    },
    {
      line: "flatfetch completions fish > ~/.config/fish/completions/flatfetch.fish",
      what: "for fish",
    },
    {
      line: "flatfetch completions powershell | Out-String | Invoke-Expression",
      what: "for PowerShell, as a line of the file $PROFILE",
    },
  ],
  exits: { ...EVERY_EXIT, complete: "printed" },
  read,
  load: async () => (await import("./completions_run.ts")).runCompletions,
};

/** The arguments of `completions`. */
export type CompletionsArgs = ReturnType<typeof read>;

function read({ words: [word, more] }: Given) {
  const shell = SHELLS.find((shell) => shell === word);
  if (shell !== undefined && more === undefined) return { shell };
  const wanted = `want one of ${SHELLS.join(", ")}`;
  throw new UsageError(
    word === undefined
      ? `Cannot print completions: no shell is given, ${wanted}`
      : `Cannot print completions for ${
        shell === undefined ? quote(word) : `${quote(more!)} as well`
      }: ${wanted}`,
  );
}
