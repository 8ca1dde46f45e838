/**
 * Completions for bash 3.2 or newer. Pure.
 *
 * @module
 */

import { type CommandDoc, type Completion, optionsOf } from "../command_doc.ts";
import { namesOf, valueNames } from "./words.ts";

/**
 * A script that defines `_flatfetch` and registers it. Bash has split the line at `=` as
 * well as at spaces; what is offered replaces the part behind it.
 */
export function bashCompletions(commands: readonly CommandDoc[]): string {
  const main = commands[0]!.name;
  return `# bash completion for flatfetch, made by: flatfetch completions bash

_flatfetch() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' option='' word i
  COMPREPLY=()
${findCommand(commands)}${FIND_OPTION}
  case \${command:-${main}}:$option in
${casesOf(valueOffers(commands))}
    *)
      if [[ $current == -* ]]; then
        _flatfetch_options
      else
        _flatfetch_operands
      fi
      ;;
  esac
}

_flatfetch_options() {
  case \${command:-${main}} in
${casesOf(optionOffers(commands))}
  esac
}

_flatfetch_operands() {
  case $command in
${casesOf(operandOffers(commands))}
  esac
}
${HELPERS}`;
}

/** The first word that is neither an option nor the value of one. */
function findCommand(commands: readonly CommandDoc[]): string {
  const names = commands.map(({ name }) => name);
  return `
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valueNames(commands).join(" | ")})
        ((i++))
        [[ \${COMP_WORDS[i]} == = ]] && ((i++))
        ;;
      -* | =) ;;
      ${names.join(" | ")})
        command=\${COMP_WORDS[i]}
        break
        ;;
      *)
        command=${names[0]}
        break
        ;;
    esac
  done
`;
}

/** The option whose value the cursor may be at. */
const FIND_OPTION = `
  if [[ $current == = ]]; then
    option=$previous current=''
  elif [[ $previous == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  else
    option=$previous
  fi
`;

const HELPERS = `
# The words that begin with what is typed.
_flatfetch_words() {
  _flatfetch_lines < <(compgen -W "$*" -- "$current")
}

# The paths that begin with what is typed: -f for files, -d for directories.
_flatfetch_paths() {
  compopt -o filenames 2>/dev/null
  _flatfetch_lines < <(compgen "$1" -- "$current")
}

_flatfetch_lines() {
  while IFS= read -r word; do COMPREPLY+=("$word"); done
}

complete -F _flatfetch flatfetch
`;

/** A pattern, and the command that offers what fits it. */
type Offer = readonly [pattern: string, offer: string];

/** The cases, those that offer the same in one. */
function casesOf(offers: readonly Offer[]): string {
  const patterns = Map.groupBy(offers, ([, offer]) => offer);
  return [...patterns].map(([offer, of]) =>
    `    ${of.map(([pattern]) => pattern).join(" | ")})\n      ${offer}\n      ;;`
  ).join("\n");
}

function valueOffers(commands: readonly CommandDoc[]): Offer[] {
  return commands.flatMap((command) =>
    optionsOf(command).flatMap((option) =>
      option.value === undefined ? [] : namesOf(option).map((name): Offer => [
        `${command.name}:${name}`,
        offerOf(option.value!.completion, commands),
      ])
    )
  );
}

function optionOffers(commands: readonly CommandDoc[]): Offer[] {
  return commands.map((command) => [
    command.name,
    `_flatfetch_words ${optionsOf(command).flatMap(namesOf).join(" ")}`,
  ]);
}

function operandOffers(commands: readonly CommandDoc[]): Offer[] {
  const first: Offer = ["''", offerOf("command", commands)];
  return [
    first,
    ...commands.map(({ name, operand }): Offer => [name, offerOf(operand?.completion, commands)]),
  ];
}

/** What is run to offer something; `:` offers nothing. */
function offerOf(
  completion: Completion | undefined,
  commands: readonly CommandDoc[],
): string {
  switch (completion) {
    case "file":
      return "_flatfetch_paths -f";
    case "directory":
      return "_flatfetch_paths -d";
    case "date":
      return '_flatfetch_words "$(date +%F)"';
    case "command":
      return `_flatfetch_words ${commands.map(({ name }) => name).join(" ")}`;
    case "symbol":
    case undefined:
      return ":";
    default:
      return `_flatfetch_words ${completion.join(" ")}`;
  }
}
