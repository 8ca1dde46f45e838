/**
 * Runs `flatfetch completions`: prints what connects a shell to `flatfetch __complete WORD…`, which
 * offers what may stand in the place of the last word: see `offers.ts`. A shell calls `flatfetch` as
 * its user does, who may have made it an alias or a function, or typed its path.
 *
 * @module
 */

import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import type { CompletionsArgs } from "./completions.ts";

/** Prints the script of a shell. */
export async function runCompletions(
  { shell }: CompletionsArgs,
  { terminal }: Context,
): Promise<number> {
  await terminal.data(SCRIPTS[shell]);
  return EXIT.complete;
}

/** For bash 3.2, zsh 5, fish 3 and PowerShell 5.1, or newer. */
export const SCRIPTS: Readonly<Record<CompletionsArgs["shell"], string>> = {
  bash: `# bash completion for flatfetch, made by: flatfetch completions bash

_flatfetch() {
  # A word may still lack the second of its quotes.
  local last=\${COMP_WORDS[COMP_CWORD]#[\\"\\']} program=flatfetch kind='' prefix='' word help
  local typed=\${last#=}
  [[ \${COMP_WORDS[0]} == */* ]] && program='"\${COMP_WORDS[0]/#\\~/$HOME}"'
  COMPREPLY=()
  while IFS=$'\\t' read -r word help; do
    if [[ -z $kind ]]; then
      kind=$word prefix=$help typed=\${typed#"$prefix"}
    elif [[ $word == "$typed"* ]]; then
      COMPREPLY+=("$prefix$word")
    fi
  done < <(eval "$program"' __complete "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$last"' 2>/dev/null </dev/null)
  [[ $kind == file || $kind == directory ]] || return 0
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$prefix$word"); done < <(compgen -A $kind -- "$typed")
}

complete -F _flatfetch flatfetch
`,
  zsh: `#compdef flatfetch
# zsh completion for flatfetch, made by: flatfetch completions zsh

_flatfetch() {
  local program=\${aliases[flatfetch]:-flatfetch}
  [[ $words[1] == */* ]] && program='\${~words[1]}'
  local call="$program"' __complete "\${(@)words[2,CURRENT-1]}" "$PREFIX"'
  local -a lines=("\${(@f)$(eval "$call" 2>/dev/null </dev/null)}")
  local -a offers=(\${lines[2,-1]//$'\\t'/:})
  compset -P "\${lines[1]#*$'\\t'}"
  case $lines[1] in
    (file*) _files ;;
    (directory*) _files -/ ;;
    (words*) _describe value offers ;;
  esac
}

if [[ $funcstack[1] == _flatfetch ]]; then
  _flatfetch "$@"
else
  compdef _flatfetch flatfetch
fi
`,
  fish: `# fish completion for flatfetch, made by: flatfetch completions fish

function __flatfetch
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    eval type -q $words[1]; or return
    set -l lines (eval $words[1] '__complete $words[2..-1] "$typed" 2>/dev/null </dev/null')
    set -l header (string split \\t -- $lines[1])
    set -l prefix "$header[2]"
    set -l offers $lines[2..-1]
    if contains -- "$header[1]" file directory
        # Nothing is known of a command that there is not, so fish offers paths.
        set offers (complete -C "__flatfetch_paths "(string replace -- "$prefix" '' "$typed"))
        test $header[1] = directory; and set offers (string match -r '.*/$' -- $offers)
    end
    printf '%s\\n' "$prefix"$offers
end

complete -c flatfetch -f -a '(__flatfetch)'
`,
  powershell: `# PowerShell completion for flatfetch, made by: flatfetch completions powershell

Register-ArgumentCompleter -Native -CommandName flatfetch -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $program = $commandAst.GetCommandName()
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object { $_.Extent.Text })
    # With a space, because PowerShell 5 hands no empty word over.
    $header, $offers = & $program __complete @words "$wordToComplete " 2>$null
    if (-not $header) { return }
    $kind, $prefix = $header -split "\`t"
    $typed = $wordToComplete.Substring("$prefix".Length)
    if ($kind -in 'file', 'directory') {
        [Management.Automation.CompletionCompleters]::CompleteFilename($typed) |
            Where-Object { $kind -eq 'file' -or $_.ResultType -eq 'ProviderContainer' } |
            ForEach-Object {
                [Management.Automation.CompletionResult]::new(
                    $prefix + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
    }
    $offers | Where-Object { $_ -and $_.StartsWith($typed) } | ForEach-Object {
        $word, $help = $_ -split "\`t"
        [Management.Automation.CompletionResult]::new(
            $prefix + $word, $word, 'ParameterValue', $(if ($help) { $help } else { $word }))
    }
}
`,
};
