/**
 * Completions for PowerShell 5.1 or newer. Pure.
 *
 * @module
 */

import { type CommandDoc, type Completion, optionsOf } from "../command_doc.ts";
import { namesOf, valueNames } from "./words.ts";

/** A script that registers a completer, with every command and option in tables. */
export function powershellCompletions(commands: readonly CommandDoc[]): string {
  const tables = {
    commands: commands.map(({ name, summary }) => `${quoted(name)} = ${quoted(summary)}`),
    options: commands.map(optionTable),
    values: commands.map(valueTable),
    operands: commands.map(({ name, operand }) =>
      `${quoted(name)} = ${offerOf(operand?.completion)}`
    ),
  };
  const lines = Object.entries(tables).flatMap(([name, entries]) => [
    `    $${name} = [ordered]@{`,
    ...entries.map((entry) => `        ${entry}`),
    "    }",
  ]);
  return [
    "# PowerShell completion for flatfetch, made by: flatfetch completions powershell",
    "",
    "Register-ArgumentCompleter -Native -CommandName flatfetch -ScriptBlock {",
    "    param($wordToComplete, $commandAst, $cursorPosition)",
    "",
    ...lines,
    `    $takesValue = ${list(valueNames(commands))}`,
    `    $main = ${quoted(commands[0]!.name)}`,
    COMPLETER,
    "}",
    "",
  ].join("\n");
}

/** Finds the command and what is wanted at the cursor, and offers it. */
const COMPLETER = `
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object { $_.Extent.Text })
    $command = ''
    for ($i = 0; $i -lt $words.Count -and -not $command; $i++) {
        if ($takesValue -ccontains $words[$i]) { $i++ }
        elseif ($commands.Keys -ccontains $words[$i]) { $command = $words[$i] }
        elseif (-not $words[$i].StartsWith('-')) { $command = $main }
    }
    $known = if ($command) { $command } else { $main }

    $option = if ($words.Count -gt 0) { $words[-1] } else { '' }
    $before = ''
    $typed = $wordToComplete
    if ($wordToComplete -cmatch '^(--[a-z-]+)=(.*)$') {
        $option = $Matches[1]
        $before = "$option="
        $typed = $Matches[2]
    }

    $kind = ''
    $offer = @()
    if ($takesValue -ccontains $option) { $kind, $offer = $values[$known][$option] }
    elseif ($typed.StartsWith('-')) { $offer = @($options[$known].Keys) }
    elseif ($command) { $kind, $offer = $operands[$command] }
    else { $kind = 'command' }

    $paths = @()
    if ($kind -in 'file', 'directory') {
        $paths = @([Management.Automation.CompletionCompleters]::CompleteFilename($typed) |
                Where-Object { $kind -eq 'file' -or $_.ResultType -eq 'ProviderContainer' })
    }
    elseif ($kind -eq 'command') { $offer = @($commands.Keys) }
    elseif ($kind -eq 'date') { $offer = @(Get-Date -Format 'yyyy-MM-dd') }

    foreach ($path in $paths) {
        [Management.Automation.CompletionResult]::new(
            $before + $path.CompletionText, $path.ListItemText, $path.ResultType, $path.ToolTip)
    }
    foreach ($word in $offer) {
        if (-not $word.StartsWith($typed)) { continue }
        $help = if ($options[$known].Contains($word)) { $options[$known][$word] }
        elseif ($commands.Contains($word)) { $commands[$word] }
        else { $word }
        [Management.Automation.CompletionResult]::new(
            $before + $word, $word, 'ParameterValue', $help)
    }`;

/** Each option with its help. */
function optionTable(command: CommandDoc): string {
  const entries = optionsOf(command).flatMap((option) =>
    namesOf(option).map((name) => `${quoted(name)} = ${quoted(option.help)}`)
  );
  return `${quoted(command.name)} = [ordered]@{ ${entries.join("; ")} }`;
}

/** Each option that takes a value, with what is offered for it. */
function valueTable(command: CommandDoc): string {
  const entries = optionsOf(command).flatMap((option) =>
    option.value === undefined
      ? []
      : namesOf(option).map((name) => `${quoted(name)} = ${offerOf(option.value!.completion)}`)
  );
  return `${quoted(command.name)} = @{ ${entries.join("; ")} }`;
}

/** A kind of thing, and words. */
function offerOf(completion: Completion = []): string {
  return typeof completion === "string" ? list([completion]) : list(["words", ...completion]);
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(", ")})`;
}

/** In single quotes, in which PowerShell knows `''` alone. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
