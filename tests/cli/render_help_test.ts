import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandDoc } from "../../lib/cli/command_doc.ts";
import { COMMANDS, optionsOf } from "../../lib/cli/commands.ts";
import { EXIT } from "../../lib/cli/explain.ts";
import { renderHelp, renderOverview } from "../../lib/cli/render_help.ts";
import { PLAIN } from "../../lib/cli/style.ts";

const SIGNS = { signs: true, color: false };

const PAGES = COMMANDS.map((command: CommandDoc) => ({
  command,
  text: renderHelp(command, SIGNS),
}));

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

Deno.test("renderHelp() fits 80 columns, but for a summary", () => {
  for (const { command, text } of PAGES) {
    const tooLong = text.split("\n").slice(1).filter(({ length }) => length > 80);
    assertEquals(tooLong, [], command.name);
    assert(text.indexOf("\n") <= 100, command.name);
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

Deno.test("renderOverview() has each command with its usage and a line", () => {
  const text = renderOverview(COMMANDS, SIGNS);
  const flat = text.replaceAll(/\s+/g, " ");
  for (const { name, summary, usage } of COMMANDS) {
    assertStringIncludes(flat, ` ${name} ${summary} `);
    for (const way of usage) assertStringIncludes(text, `\n  flatfetch ${way}\n`);
  }
  assertEquals(text.split("\n").filter(({ length }) => length > 80), []);
});
