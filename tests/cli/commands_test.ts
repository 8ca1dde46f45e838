import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseCommand } from "../../lib/cli/arguments/args.ts";
import { optionsOf } from "../../lib/cli/arguments/command_doc.ts";
import { COMMANDS, OPTIONS } from "../../lib/cli/commands.ts";
import { SCRIPTS } from "../../lib/cli/commands/completions_run.ts";

Deno.test("COMMANDS names each command once, in lower case", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of names) assert(/^[a-z]+$/.test(name), name);
});

Deno.test("COMMANDS has each option and each letter once in a command", () => {
  for (const command of COMMANDS) {
    const options = optionsOf(command);
    const names = options.map(({ name }) => name);
    const letters = options.flatMap(({ short }) => short ?? []);
    assertEquals(new Set(names).size, names.length, command.name);
    assertEquals(new Set(letters).size, letters.length, command.name);
    for (const name of names) assert(/^[a-z]+(-[a-z]+)*$/.test(name), name);
    for (const letter of letters) assert(/^[a-z]$/.test(letter), letter);
  }
});

Deno.test("COMMANDS has the common options in each command", () => {
  for (const command of COMMANDS) {
    const names = optionsOf(command).map(({ name }) => name);
    for (const name of ["quiet", "no-color", "debug", "help", "version"]) {
      assert(names.includes(name), `${command.name} --${name}`);
    }
  }
});

Deno.test("OPTIONS of one name have one letter, and all a value or none", () => {
  for (const option of COMMANDS.flatMap(optionsOf)) {
    const parsed = OPTIONS.find(({ name }) => name === option.name)!;
    const shape = ({ short, value }: typeof option) => [short, value !== undefined];
    assertEquals(shape(option), shape(parsed), option.name);
  }
  const letters = OPTIONS.flatMap(({ short }) => short ?? []);
  assertEquals(new Set(letters).size, letters.length);
});

Deno.test("COMMANDS load what runs them", async () => {
  for (const { load } of COMMANDS) assertEquals(typeof await load(), "function");
});

Deno.test("the examples of COMMANDS are command lines of their command", () => {
  for (const { name, examples } of COMMANDS) {
    for (const { line } of examples) {
      const [program, ...argv] = line.replace(/ [|>].*$/, "").replaceAll("'", "").split(" ");
      assertEquals([program, parseCommand(argv).name], ["flatfetch", name], line);
    }
  }
});

for (const [shell, script] of Object.entries(SCRIPTS)) {
  Deno.test(`the script for ${shell} asks the program and has no command of its own`, () => {
    assertMatch(script, /[ ']__complete /);
    for (const { name } of COMMANDS) {
      if (name === "completions" || name === "help") continue;
      assertEquals(new RegExp(`\\b${name}\\b`).test(script.replace(/^#.*/gm, "")), false, name);
    }
  });
}
