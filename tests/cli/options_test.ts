import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../lib/cli/explain.ts";
import { type CommandName, helpText, OPTIONS } from "../../lib/cli/options.ts";

const COMMANDS: readonly CommandName[] = ["preload", "progress", "clear", "list"];

Deno.test("OPTIONS names each option once, and each letter", () => {
  const names = OPTIONS.map(({ name }) => name);
  const letters = OPTIONS.flatMap(({ short }) => short ?? []);
  assertEquals([new Set(names).size, new Set(letters).size], [names.length, letters.length]);
  for (const name of names) assert(/^[a-z]+(-[a-z]+)*$/.test(name), name);
  for (const letter of letters) assert(/^[a-z]$/.test(letter), letter);
});

Deno.test("OPTIONS has an example for each option that takes a value", () => {
  for (const { name, value, example } of OPTIONS) {
    assertEquals(value === undefined, example === undefined, name);
  }
});

Deno.test("helpText() shows exactly the options of its command", () => {
  for (const command of COMMANDS) {
    const shown = helpText(command).matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm);
    const own = OPTIONS.filter(({ commands }) => commands.includes(command));
    assertEquals([...shown].map((match) => match[1]), own.map(({ name }) => name), command);
  }
});

Deno.test("helpText() begins with the command's usage, that of preload with every command's", () => {
  for (const command of COMMANDS.slice(1)) {
    assertStringIncludes(helpText(command), `Usage: flatfetch ${command} `);
    assertStringIncludes(helpText("preload"), `       flatfetch ${command} `);
  }
  assertStringIncludes(helpText("preload"), "Usage: flatfetch SYMBOL… [options]\n");
});

Deno.test("helpText() names every exit code", () => {
  const text = helpText("preload").replace(/\n/g, " ");
  const codes = text.slice(text.indexOf("Exit codes:")).matchAll(/\b(\d+) [a-z]/g);
  assertEquals([...codes].map((match) => Number(match[1])), [...Object.values(EXIT)]);
});

Deno.test("helpText() ends its last line, and has a text for everything", () => {
  for (const command of COMMANDS) {
    const text = helpText(command);
    assert(text.endsWith("\n") && !text.endsWith("\n\n"), command);
    assert(!/undefined|--[\w-]+ *$/m.test(text), command);
  }
});
