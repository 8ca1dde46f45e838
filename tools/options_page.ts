/**
 * `deno task options`: makes `docs/options.md` from the table of commands.
 *
 * @module
 */

import type { CommandDoc, OptionSpec } from "../lib/cli/arguments/command_doc.ts";
import { COMMANDS } from "../lib/cli/commands.ts";
import { EXIT } from "../lib/cli/explain/exits.ts";
import { readTask } from "./task.ts";

/** What it makes. */
export const PAGE = new URL("../docs/options.md", import.meta.url);

const HELP = `
deno task options

Makes docs/options.md from what the commands declare.
`;

const ALL: readonly CommandDoc[] = COMMANDS;

if (import.meta.main) {
  readTask({ help: HELP });
  await Deno.writeTextFile(PAGE, await optionsPage());
}

/** The page, formatted. */
export async function optionsPage(): Promise<string> {
  const parts = [
    "# Commands and options\n",
    "Made by `deno task options` from what `flatfetch help COMMAND` says; `preload` is the command without a name.\n",
    ...table(["command", "what it does"], ALL.flatMap(usages)),
    ...optionTables(),
    "\n## Environment\n",
    ...table(
      ["variable", "what it is for"],
      once(ALL.flatMap(({ environment = [] }) => environment)),
    ),
    "\n## Files\n",
    ...table(["file", "what it is"], once(ALL.flatMap(({ files = [] }) => files))),
    "\n## Exit codes of the main job\n",
    ...table(["code", "meaning"], exits(COMMANDS[0])),
  ];
  return await formatted(parts.join("\n"));
}

type Row = readonly string[];

function usages({ usage, summary }: CommandDoc): Row[] {
  return usage.map((way, i) => [`flatfetch ${way}`, i === 0 ? summary : ""]);
}

/** The first of the rows that name the same, which several commands may have. */
function once(rows: readonly Row[]): readonly Row[] {
  return rows.filter(([name], i) => rows.findIndex(([one]) => one === name) === i);
}

/** A table of each group's options; what several commands have stands once. */
function optionTables(): string[] {
  const titles = new Set(ALL.flatMap(({ options }) => options.map(({ title }) => title)));
  return Array.from(titles, (title) => {
    const all = ALL.flatMap(({ name, options }) =>
      options.filter((group) => group.title === title)
        .flatMap((group) => group.options.map((option) => ({ owner: name, option })))
    );
    const same = Map.groupBy(all, ({ option }) => `${optionName(option)} ${option.help}`);
    const rows = Array.from(same.values(), (of): Row => {
      const { option } = of[0]!;
      const owners = of.map(({ owner }) => owner).join(", ");
      return [optionName(option), option.help, of.length === ALL.length ? "all" : owners];
    });
    return [`\n## ${title}\n`, ...table(["option", "meaning", "commands"], rows)];
  }).flat();
}

function optionName({ name, short, value }: OptionSpec): string {
  return `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value.name}` : ""}`;
}

function exits({ exits }: CommandDoc): Row[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.flatMap((name) => exits[name] === undefined ? [] : [[`${EXIT[name]}`, exits[name]]]);
}

/** A row begins with a name; of those that are the same one stands. */
function table(head: Row, rows: readonly Row[]): string[] {
  const line = (cells: Row) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const plain = (text: string) => text.replaceAll("*", "\\*");
  const lines = rows.map(([name = "", ...texts]) => line([`\`${name}\``, ...texts.map(plain)]));
  return [line(head), line(head.map(() => "---")), ...new Set(lines)];
}

async function formatted(markdown: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: new URL("../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format the page: deno fmt failed");
  return new TextDecoder().decode(stdout);
}
