/**
 * What may stand at the cursor of a command line, by the table of commands. Pure.
 *
 * @module
 */

import {
  type CommandDoc,
  type Completion,
  type Entry,
  namesOf,
  optionsOf,
  type OptionSpec,
} from "./command_doc.ts";

/**
 * What a shell offers in the place of the last word, a line each. The first line has the kind:
 * `words`, or `file` or `directory`, whose names the shell looks up by itself; and behind a tab
 * what of the last word stays before it, such as `--period=`. Each further line has a word, and
 * behind a tab what it is, where there is more to say of it.
 *
 * @param words What stands behind the program's name, up to the cursor: the last one is empty where
 * a new one begins. Bash makes three of `--period=5y`, and replaces the last of them; PowerShell
 * puts a space behind the last one.
 * @param of the commands, of which the first one needs no name; `today` as `YYYY-MM-DD`.
 */
export function offersFor(
  words: readonly string[],
  { commands, today }: { readonly commands: readonly CommandDoc[]; readonly today: string },
): string {
  const { wanted, prefix } = wantedAt(words, commands);
  const lines = (kind: string, entries: readonly (readonly string[])[]) =>
    [[kind, prefix], ...entries].map((entry) => `${entry.join("\t")}\n`).join("");
  switch (wanted) {
    case "file":
    case "directory":
      return lines(wanted, []);
    case "place":
      return lines("directory", []);
    case "date":
      return lines("words", [[today, "today"]]);
    case "command":
      return lines("words", commands.map(({ name, summary }) => [name, summary]));
    case "symbol":
    case undefined:
      return lines("words", []);
    default:
      return lines("words", wanted.map((word) => typeof word === "string" ? [word] : word));
  }
}

/** What is to be completed, `undefined` where nothing is known of it; and what stays before it. */
function wantedAt(
  words: readonly string[],
  commands: readonly CommandDoc[],
): { wanted: Completion | readonly Entry[] | undefined; prefix: string } {
  const line = joined(words);
  const typed = (line.pop() ?? "").trimEnd();
  const { command, awaited, isEnded } = readLine(line, commands);
  const own = optionsOf(command ?? commands[0]!);
  const completionOf = (name: string) => valued(own, name)?.value?.completion;
  if (awaited !== undefined) return { wanted: completionOf(awaited), prefix: "" };
  if (isEnded || !typed.startsWith("-")) {
    return { wanted: command === undefined ? "command" : command.operand?.completion, prefix: "" };
  }
  const name = /^--[^=]+(?==)/.exec(typed)?.[0] ?? lettersWithValue(own, typed);
  if (name !== undefined && name !== typed) {
    const isSplit = words.slice(-2).includes("=");
    const prefix = name.startsWith("--") ? `${name}=` : name;
    return { wanted: completionOf(name), prefix: isSplit ? "" : prefix };
  }
  const isFree = (option: OptionSpec) =>
    option.value?.isList || !namesOf(option).some((name) => line.includes(name));
  const wanted = own.filter(isFree).flatMap((option) =>
    namesOf(option).filter((name) => name.startsWith(typed)).map((name): Entry => [
      name,
      option.help,
    ])
  );
  return { wanted, prefix: "" };
}

/** The words as they were before bash made three of one. */
function joined(words: readonly string[]): string[] {
  const line: string[] = [];
  for (const [i, word] of words.entries()) {
    if (word === "=" || words[i - 1] === "=") line.push((line.pop() ?? "") + word);
    else line.push(word);
  }
  return line;
}

/**
 * What the words before the last one say of it: the command, by the first word that is neither an
 * option nor the value of one; the option that it is the value of; and whether `--` stands before,
 * behind which nothing is an option.
 */
function readLine(line: readonly string[], commands: readonly CommandDoc[]) {
  const options = commands.flatMap(optionsOf);
  let command: CommandDoc | undefined;
  let awaited: string | undefined;
  let isEnded = false;
  for (const word of line) {
    if (awaited !== undefined) awaited = undefined;
    else if (isEnded || !word.startsWith("-")) {
      command ??= commands.find(({ name }) => name === word) ?? commands[0];
    } else if (word === "--") isEnded = true;
    else if (valued(options, word) !== undefined) awaited = word;
  }
  return { command, awaited, isEnded };
}

/** The option with a value that a word ends with: `--period`, `-p`, or `-qp` behind switches. */
function valued(options: readonly OptionSpec[], word: string): OptionSpec | undefined {
  const last = lettersWithValue(options, word) === word ? `-${word.at(-1)}` : word;
  return options.find((option) => option.value !== undefined && namesOf(option).includes(last));
}

/** The letters behind one dash up to the first that takes a value, which is what follows: `-qp5d`. */
function lettersWithValue(options: readonly OptionSpec[], word: string): string | undefined {
  if (!/^-[a-z]/.test(word)) return undefined;
  const end = word.split("").findIndex((letter, i) =>
    i > 0 && options.some(({ short, value }) => short === letter && value !== undefined)
  );
  return end === -1 ? undefined : word.slice(0, end + 1);
}
