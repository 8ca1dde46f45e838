/**
 * Completions for fish 3 or newer. Pure.
 *
 * @module
 */

import { type CommandDoc, type Completion, optionsOf, type OptionSpec } from "../command_doc.ts";
import { valueNames } from "./words.ts";

/** A script that registers every command and option. */
export function fishCompletions(commands: readonly CommandDoc[]): string {
  const names = commands.map(({ name }) => name);
  return `# fish completion for flatfetch, made by: flatfetch completions fish

# The command on the line; nothing before its first word.
function __flatfetch_command
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch $word
            case ${valueNames(commands).join(" ")}
                set is_value 1
            case '-*'
            case ${names.join(" ")}
                echo $word
                return
            case '*'
                echo ${names[0]}
                return
        end
    end
end

function __flatfetch_is
    set -l command (__flatfetch_command)
    test -n "$command"; or set command none
    contains -- $command $argv
end

complete -c flatfetch -f
${commands.map((command) => commandLine(command)).join("\n")}
${commands.flatMap((command, index) => linesOf(command, { index, names })).join("\n")}
`;
}

function commandLine({ name, summary }: CommandDoc): string {
  return `complete -c flatfetch -n '__flatfetch_is none' -a ${name} -d ${quoted(summary)}`;
}

/** The first command needs no name. */
function linesOf(
  command: CommandDoc,
  { index, names }: { index: number; names: readonly string[] },
): string[] {
  const { name, operand } = command;
  const where = `complete -c flatfetch -n '__flatfetch_is ${name}${index === 0 ? " none" : ""}'`;
  const words = offerOf(operand?.completion, names);
  return [
    ...optionsOf(command).map((option) => `${where} ${optionFlags(option)}`),
    ...(words === "" ? [] : [`complete -c flatfetch -n '__flatfetch_is ${name}'${words}`]),
  ];
}

function optionFlags({ name, short, value, help }: OptionSpec): string {
  const names = `${short === undefined ? "" : `-s ${short} `}-l ${name}`;
  const takes = value === undefined
    ? ""
    : `${value.completion === "file" ? " -r" : " -x"}${offerOf(value.completion, [])}`;
  return `${names}${takes} -d ${quoted(help)}`;
}

function offerOf(completion: Completion | undefined, commands: readonly string[]): string {
  switch (completion) {
    case "file":
      return " -F";
    case "directory":
      return " -a '(__fish_complete_directories)'";
    case "date":
      return " -a '(date +%F)'";
    case "command":
      return ` -a ${quoted(commands.join(" "))}`;
    case "symbol":
    case undefined:
      return "";
    default:
      return ` -a ${quoted(completion.join(" "))}`;
  }
}

/** In single quotes, in which fish knows `\'` and `\\` alone. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (char) => `\\${char}`)}'`;
}
