import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type CommandDoc, optionsOf } from "../../../lib/cli/arguments/command_doc.ts";
import { COMMANDS } from "../../../lib/cli/commands.ts";
import { VARIABLES } from "../../../lib/cli/access/environment.ts";
import { EXIT } from "../../../lib/cli/explain/exits.ts";
import { renderHelp, renderOverview } from "../../../lib/cli/render/help.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";

const SIGNS = { signs: true, color: false };

const PAGES = COMMANDS.map((command: CommandDoc) => ({
  command,
  text: renderHelp(command, SIGNS),
}));

/** A pattern in the name of a file. */
const MARKER = "SYMBOL_PERIOD_INTERVAL";

/** The numbers of the section on exit codes. */
function exitCodesIn(text: string): number[] {
  const section = text.slice(text.indexOf("\nExit codes:\n"));
  return Array.from(section.matchAll(/^ {2}(\d+) +\S/gm), ([, code]) => Number(code));
}

Deno.test("renderHelp() begins with the command's name and summary, then its usage", () => {
  for (const { command: { name, summary, usage }, text } of PAGES) {
    const head = [`flatfetch ${name} - ${summary}`, "", "Usage:"];
    const ways = usage.map((way) => `  flatfetch ${way}`);
    assertEquals(text.split("\n").slice(0, 3 + ways.length), [...head, ...ways]);
  }
});

Deno.test("renderHelp() shows exactly the options of its command", () => {
  for (const { command, text } of PAGES) {
    const shown = Array.from(text.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm), ([, name]) => name);
    assertEquals(shown, optionsOf(command).map(({ name }) => name), command.name);
  }
});

Deno.test("renderHelp() names every exit code of its command, preload's page all that there are", () => {
  for (const { command: { name, exits }, text } of PAGES) {
    const codes = Object.keys(exits).map((exit) => EXIT[exit as keyof typeof EXIT]);
    assertEquals(exitCodesIn(text), codes.sort((a, b) => a - b), name);
  }
  assertEquals(exitCodesIn(PAGES[0]!.text), [...Object.values(EXIT)]);
});

Deno.test("renderHelp() fits 80 columns, an example 100", () => {
  for (const { command, text } of PAGES) {
    const most = (line: string) => line.startsWith("  flatfetch ") ? 100 : 80;
    const tooLong = text.split("\n").filter((line) => line.length > most(line));
    assertEquals(tooLong, [], command.name);
  }
});

Deno.test("renderHelp() names every variable that the program looks at, in some command's help", () => {
  const all = PAGES.map(({ text }) => text).join("\n");
  for (const variable of VARIABLES) assertMatch(all, new RegExp(`\\b${variable}\\b`));
});

Deno.test("renderHelp() names no variable that the program does not look at", () => {
  for (const { text } of PAGES) {
    const names = text.match(/\b[A-Z]+(_[A-Z0-9]+)+\b/g) ?? [];
    assertEquals(names.filter((name) => !VARIABLES.includes(name) && name !== MARKER), []);
  }
});

Deno.test("renderHelp() has colored headings on a screen with colors, and the same text", () => {
  for (const { command, text } of PAGES) {
    const colored = renderHelp(command, { signs: true, color: true });
    // deno-lint-ignore no-control-regex
    assertEquals(colored.replaceAll(/\x1b\[\d+m/g, ""), text);
    assertStringIncludes(colored, "\x1b[1mUsage:\x1b[22m\n");
  }
});

Deno.test("renderHelp() ends its last line, and has a text for everything", () => {
  for (const { command, text } of PAGES) {
    assert(text.endsWith("\n") && !text.endsWith("\n\n"), command.name);
    assert(!/undefined|^ {2}(-\w, | {4})--[\w-]+( [A-Z]+)?$| +$/m.test(text), command.name);
  }
});

Deno.test("renderHelp() is ASCII on a screen without signs", () => {
  for (const command of COMMANDS) {
    assert(/^[\n -~]*$/.test(renderHelp(command, PLAIN)), command.name);
  }
});

Deno.test("renderOverview() has each command with a line", () => {
  const text = renderOverview(COMMANDS, SIGNS);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(text, `\n  ${name.padEnd(13)}${summary}\n`);
  }
  assertEquals(text.split("\n").filter(({ length }) => length > 80), []);
});
