import { assert, assertEquals } from "@std/assert";
import { type CommandDoc, optionsOf } from "../../lib/cli/command_doc.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { bashCompletions } from "../../lib/cli/completions/bash.ts";
import { fishCompletions } from "../../lib/cli/completions/fish.ts";
import { powershellCompletions } from "../../lib/cli/completions/powershell.ts";
import { zshCompletions } from "../../lib/cli/completions/zsh.ts";

const SCRIPTS = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/** The part of a script that is about one command's options. */
const PARTS: Readonly<Record<keyof typeof SCRIPTS, (name: string) => RegExp>> = {
  bash: (name) =>
    new RegExp(`^ {4}(?:.* \\| )?${name}(?: \\| .*)?\\)\\n +_flatfetch_words -.*`, "m"),
  zsh: (name) => new RegExp(`^ {4}\\(${name}\\)\\n(?:.*\\n)*? +;;`, "m"),
  fish: (name) => new RegExp(`(?:^complete .*__flatfetch_is ${name}( none)?'.*\\n)+`, "m"),
  powershell: (name) => new RegExp(`^ {8}'${name}' = \\[ordered\\]@\\{.*`, "m"),
};

/** How a script spells an option. */
const SPELLINGS: Readonly<Record<keyof typeof SCRIPTS, (name: string) => RegExp>> = {
  bash: (name) => new RegExp(` ${name}( |$)`, "m"),
  zsh: (name) => new RegExp(`['\\)]${name}[=+]?\\[`),
  fish: (name) => new RegExp(` -${name.startsWith("--") ? "l" : "s"} ${name.replace(/^-+/, "")} `),
  powershell: (name) => new RegExp(` '${name}' = '`),
};

for (const [shell, script] of Object.entries(SCRIPTS)) {
  const name = shell as keyof typeof SCRIPTS;

  Deno.test(`${script.name}() has every command with each of its options and no other`, () => {
    const text = script(COMMANDS);
    const all = new Set(COMMANDS.flatMap(optionsOf).flatMap(namesOf));
    for (const command of COMMANDS) {
      const [part] = PARTS[name](command.name).exec(text) ?? [];
      assert(part !== undefined, command.name);
      const own = optionsOf(command).flatMap(namesOf);
      const shown = [...all].filter((option) => SPELLINGS[name](option).test(part));
      assertEquals(shown.toSorted(), own.toSorted(), command.name);
    }
  });

  Deno.test(`${script.name}() has the words of every value`, () => {
    const text = script(COMMANDS);
    for (const { value } of COMMANDS.flatMap(optionsOf)) {
      const completion = value?.completion ?? "none";
      if (typeof completion === "string") continue;
      const joined = name === "powershell"
        ? completion.map((word) => `'${word}'`).join(", ")
        : completion.join(" ");
      assert(text.includes(joined), joined);
    }
  });

  Deno.test(`${script.name}() quotes what means something to the shell`, () => {
    const hostile: CommandDoc = {
      name: "quote",
      summary: 'it\'s $(false) `false` [x]: \\ "y"',
      usage: ["quote"],
      description: [],
      options: [{ title: "Options", options: [{ name: "a", help: "it's $(x) [y]: \\" }] }],
      examples: [],
      exits: {},
    };
    const escaped = {
      bash: undefined,
      zsh: "'--a[it'\\''s $(x) \\[y\\]\\: \\\\]'",
      fish: "-l a -d 'it\\'s $(x) [y]: \\\\'",
      powershell: "'--a' = 'it''s $(x) [y]: \\'",
    };
    const text = script([hostile]);
    const wanted = escaped[name];
    if (wanted === undefined) assert(!text.includes("false"));
    else assert(text.includes(wanted), text);
  });
}

function namesOf({ name, short }: { name: string; short?: string }): string[] {
  return [`--${name}`, ...short === undefined ? [] : [`-${short}`]];
}
