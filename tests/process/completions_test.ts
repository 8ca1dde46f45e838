/**
 * What real shells complete with the scripts of `flatfetch completions`.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { ROOT } from "./place.ts";
import { isInstalled, SHELLS } from "./shells.ts";

const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["flatfetch ", COMMANDS.map(({ name }) => name).toSorted()],
  ["flatfetch pro", ["progress"]],
  ["flatfetch --per", ["--period"]],
  ["flatfetch TSLA --of", ["--offline"]],
  ["flatfetch preload TSLA --of", ["--offline"]],
  ["flatfetch TSLA -p 2", ["2wk", "2y"]],
  ["flatfetch -p 2", ["2wk", "2y"]],
  ["flatfetch TSLA --period=2", ["2wk", "2y"]],
  ["flatfetch TSLA -o x --format n", ["ndjson", "ndjson.gz", "ndjson.zst"]],
  ["flatfetch -q list --ca", ["--cache-dir"]],
  ["flatfetch list --per", []],
  ["flatfetch --cache-dir list clear --a", ["--all"]],
  ["flatfetch --cache-dir=d clear --a", ["--all"]],
  ["flatfetch completions z", ["zsh"]],
  ["flatfetch help cl", ["clear"]],
  ["flatfetch TSLA ", []],
  ["flatfetch TSLA --save-every ", []],
  ["flatfetch TSLA --concurrency ", ["auto"]],
  ["flatfetch TSLA -o ", ["a file.csv", "folder"]],
  ["flatfetch TSLA --output=a", ["a file.csv"]],
  ["flatfetch list --cache-dir ", ["folder"]],
];

for (const shell of SHELLS) {
  const ignore = !await isInstalled(shell);
  Deno.test({
    name: `${shell.name} completes flatfetch${ignore ? ` (${shell.name} is not installed)` : ""}`,
    ignore,
    async fn() {
      const cwd = await Deno.makeTempDir();
      const script = await writeScript(shell.name);
      await Deno.mkdir(`${cwd}/folder`);
      await Deno.writeTextFile(`${cwd}/a file.csv`, "");
      const ask = async (line: string) =>
        (await shell.ask({ script, line, cwd })).map((word) => word.replace(/\\(.)|\/$/g, "$1"));
      for (const [line, offered] of LINES) assertEquals(await ask(line), offered, line);
      for (const date of await ask("flatfetch TSLA --to ")) assertMatch(date, /^\d{4}-\d\d-\d\d$/);
      await Deno.remove(cwd, { recursive: true });
      await Deno.remove(script);
    },
  });
}

/** As the program prints it. */
async function writeScript(shell: string): Promise<string> {
  const args = ["run", "-A", "--cached-only", `${ROOT}cli.ts`, "completions", shell];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, stdout);
  return path;
}
