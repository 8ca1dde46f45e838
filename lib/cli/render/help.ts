/**
 * The help: a page for each command, and the overview of them all. Pure.
 *
 * @module
 */

import type { CommandDoc, Entry, Example, OptionSpec } from "../arguments/command_doc.ts";
import { EXIT, type ExitMeanings } from "../explain/exits.ts";
import { SCREEN } from "../options/run.ts";
import { heading, plainly, type Style } from "./style.ts";

/** Columns of a line. */
const WIDTH = 80;

/** Where what is said of an option begins. */
const TEXT_COLUMN = 26;

/** A heading and what stands below it. */
interface Section {
  /** A paragraph has none. */
  readonly title?: string;
  readonly lines: readonly string[];
}

/** The page of one command. */
export function renderHelp(command: CommandDoc, style: Style): string {
  const { operand } = command;
  return page([
    { lines: wrap(`flatfetch ${command.name} - ${command.summary}`, WIDTH) },
    { title: "Usage", lines: command.usage.map((way) => `  flatfetch ${way}`) },
    ...command.description.map((text) => ({ lines: wrap(text, WIDTH) })),
    { title: "Arguments", lines: columns(operand ? [[operand.name, operand.help]] : []) },
    ...command.options.map(({ title, options }) => (
      { title, lines: columns(options.map(optionEntry)) }
    )),
    { title: "Examples", lines: exampleLines(command.examples) },
    { title: "Files", lines: definitions(command.files ?? []) },
    { title: "Environment", lines: definitions(command.environment ?? []) },
    { title: "Exit codes", lines: columns(exitEntries(command.exits), 7) },
  ], style);
}

/** What `flatfetch --help` shows. */
export function renderOverview(commands: readonly CommandDoc[], style: Style): string {
  const [main] = commands as readonly [CommandDoc, ...CommandDoc[]];
  const names = commands.map(({ name, summary }): Entry => [name, summary]);
  return page([
    { lines: ["flatfetch - daily market data out of Massive.com's flat files, on this machine"] },
    { title: "Usage", lines: OVERVIEW_USAGE },
    { title: "Commands", lines: columns(names, 15) },
    { title: "Symbols", lines: wrap(main.operand!.help, WIDTH - 2).map((line) => `  ${line}`) },
    { title: "Examples", lines: exampleLines(main.examples) },
    { title: SCREEN.title, lines: columns(SCREEN.options.map(optionEntry)) },
    { lines: wrap(MORE_HELP, WIDTH) },
  ], style);
}

const OVERVIEW_USAGE = [
  "  flatfetch SYMBOL… [options]",
  "  flatfetch COMMAND [arguments] [options]",
];

const MORE_HELP =
  "flatfetch help COMMAND shows everything about a command: its options with their " +
  "defaults, files, variables and exit codes. flatfetch SYMBOL… is flatfetch preload SYMBOL….";

function page(sections: readonly Section[], style: Style): string {
  const blocks = sections.filter(({ lines }) => lines.length > 0).map(({ title, lines }) =>
    [...(title === undefined ? [] : [heading(`${title}:`, style)]), ...lines].join("\n")
  );
  return plainly(`${blocks.join("\n\n")}\n`, style);
}

function optionEntry({ name, short, value, help }: OptionSpec): Entry {
  const names = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value.name}` : ""}`;
  return [names, help];
}

function exampleLines(examples: readonly Example[]): string[] {
  return examples.flatMap(({ line, what }) => [
    `  ${line}`,
    ...wrap(what, WIDTH - 6).map((text) => `      ${text}`),
  ]);
}

function exitEntries(exits: ExitMeanings): Entry[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.flatMap((name) => {
    const meaning = exits[name];
    return meaning === undefined ? [] : [[String(EXIT[name]), meaning] as const];
  });
}

/** Names and what is said of them, side by side. */
function columns(entries: readonly Entry[], textColumn = TEXT_COLUMN): string[] {
  return entries.flatMap(([name, text]) =>
    wrap(text, WIDTH - textColumn).map((line, i) =>
      (i === 0 ? `  ${name} ` : "").padEnd(textColumn) + line
    )
  );
}

/** Names, each above what is said of it. */
function definitions(entries: readonly Entry[]): string[] {
  return entries.flatMap(([name, text]) => [
    ...wrap(name, WIDTH - 2).map((line) => `  ${line}`),
    ...wrap(text, WIDTH - 6).map((line) => `      ${line}`),
  ]);
}

/** Breaks at spaces; a longer word stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
