/**
 * Completions for zsh. Pure.
 *
 * @module
 */

import { type CommandDoc, type Completion, optionsOf, type OptionSpec } from "../command_doc.ts";
import { namesOf, quoted, valueNames } from "./words.ts";

/** A script that is `_flatfetch` when it is autoloaded, and registers it when it is sourced. */
export function zshCompletions(commands: readonly CommandDoc[]): string {
  const names = commands.map(({ name }) => name);
  return `#compdef flatfetch
# zsh completion for flatfetch, made by: flatfetch completions zsh

_flatfetch() {
  local command=''
  local -i i
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      (${valueNames(commands).join("|")}) ((i++)) ;;
      (-*) ;;
      (${names.join("|")})
        command=$words[i]
        words[i]=()
        ((CURRENT--))
        break
        ;;
      (*)
        command=${names[0]}
        break
        ;;
    esac
  done

  case $command in
${commands.map(commandCase).join("\n")}
    ('')
      _arguments -s -S \\
${argumentLines(commands[0]!)} \\
        '*: :_flatfetch_commands'
      ;;
  esac
}

_flatfetch_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join("\n")}
  )
  _describe command commands
}

_flatfetch_dates() {
  compadd -X 'YYYY-MM-DD' -- "$(date +%F)"
}

if [[ $funcstack[1] == _flatfetch ]]; then
  _flatfetch "$@"
else
  compdef _flatfetch flatfetch
fi
`;
}

function commandCase(command: CommandDoc): string {
  const { name, operand } = command;
  const more = operand === undefined
    ? ""
    : ` \\\n        ${
      quoted(`*:${escaped(operand.name.replace("…", "..."))}:${actionOf(operand.completion)}`)
    }`;
  return `    (${name})\n      _arguments -s -S \\\n${argumentLines(command)}${more}\n      ;;`;
}

function argumentLines(command: CommandDoc): string {
  return optionsOf(command).flatMap(argumentsOf).map((line) => `        ${line}`).join(" \\\n");
}

/** `-p+` takes a value in the same word or the next, `--period=` behind the `=` or in the next. */
function argumentsOf(option: OptionSpec): string[] {
  const names = namesOf(option);
  const others = names.length > 1 ? `(${names.join(" ")})` : "";
  const help = `[${escaped(option.help)}]`;
  return names.map((name) => {
    if (option.value === undefined) return quoted(`${others}${name}${help}`);
    const { name: value, completion } = option.value;
    const joint = name.startsWith("--") ? "=" : "+";
    return quoted(`${others}${name}${joint}${help}:${escaped(value)}:${actionOf(completion)}`);
  });
}

/** A space is an action that offers nothing, but says what is wanted. */
function actionOf(completion: Completion = "symbol"): string {
  switch (completion) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "date":
      return "_flatfetch_dates";
    case "command":
      return "_flatfetch_commands";
    case "symbol":
      return " ";
    default:
      return `(${completion.join(" ")})`;
  }
}

/** For a specification, in which brackets and colons end a part. */
function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, (char) => `\\${char}`);
}
