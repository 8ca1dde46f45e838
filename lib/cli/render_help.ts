/**
 * The help: a page for each command, and the overview of them all. Pure.
 *
 * @module
 */

import type { CommandDoc, Entry, ExitMeanings, OptionSpec } from "./command_doc.ts";
import { EXIT } from "./explain.ts";
import { SCREEN } from "./options/screen.ts";
import { plainly, type Style } from "./style.ts";

/** Columns of a line. */
const WIDTH = 80;

/** Where the texts of a list begin. */
const TEXT_COLUMN = 26;

/** The page of one command. */
export function renderHelp(command: CommandDoc, style: Style): string {
  const { name, summary, usage, description, operand, options, examples } = command;
  return page([
    [`flatfetch ${name} - ${summary}`],
    section("Usage", usage.map((way) => `  flatfetch ${way}`)),
    paragraphs(description),
    section("Arguments", operand && entryLines([[operand.name, operand.help]])),
    ...options.map((group) => section(group.title, entryLines(group.options.map(optionEntry)))),
    section("Examples", examples.flatMap(exampleLines)),
    section("Files", command.files && entryLines(command.files)),
    section("Environment", command.environment && entryLines(command.environment)),
    section("Exit codes", exitLines(command.exits)),
  ], style);
}

/** What `flatfetch --help` shows. */
export function renderOverview(commands: readonly CommandDoc[], style: Style): string {
  const [main] = commands as readonly [CommandDoc, ...CommandDoc[]];
  return page([
    ["flatfetch - daily market data out of Massive.com's flat files, on this machine"],
    section("Usage", commands.flatMap(({ usage }) => usage.map((way) => `  flatfetch ${way}`))),
    section("Commands", entryLines(commands.map(({ name, summary }) => [name, summary]))),
    section("Arguments", main.operand && entryLines([[main.operand.name, main.operand.help]])),
    section("Examples", main.examples.flatMap(exampleLines)),
    section(SCREEN.title, entryLines(SCREEN.options.map(optionEntry))),
    paragraphs([
      "flatfetch help COMMAND shows all options of a command, with examples and exit codes; " +
      `flatfetch help ${main.name} those of flatfetch SYMBOL….`,
    ]),
  ], style);
}

function page(blocks: readonly (readonly string[])[], style: Style): string {
  const texts = blocks.filter(({ length }) => length > 0).map((lines) => lines.join("\n"));
  return plainly(`${texts.join("\n\n")}\n`, style);
}

function section(title: string, lines: readonly string[] = []): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, i) => [...(i > 0 ? [""] : []), ...wrap(text, WIDTH)]);
}

function optionEntry({ name, short, value, help }: OptionSpec): Entry {
  const names = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value.name}` : ""}`;
  return [names, help];
}

function exampleLines({ line, what }: { line: string; what: string }): readonly string[] {
  return [`  ${line}`, ...wrap(what, WIDTH - 6).map((text) => `      ${text}`)];
}

function exitLines(exits: ExitMeanings): readonly string[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.flatMap((name) => {
    const meaning = exits[name];
    return meaning === undefined ? [] : [`  ${String(EXIT[name]).padEnd(5)}${meaning}`];
  });
}

/** Names and texts in two columns; a long name has a line of its own. */
function entryLines(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(([name, text]) => {
    const [first = "", ...more] = wrap(text, WIDTH - TEXT_COLUMN);
    const rest = more.map((line) => " ".repeat(TEXT_COLUMN) + line);
    const head = `  ${name}`;
    if (head.length < TEXT_COLUMN - 1) return [head.padEnd(TEXT_COLUMN) + first, ...rest];
    return [head, " ".repeat(TEXT_COLUMN) + first, ...rest];
  });
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
