/**
 * What real shells complete with the scripts of `flatfetch completions`.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { denoDirectory } from "../program/deno_directory.ts";
import { ROOT } from "./place.ts";
import { type AskedShell, isInstalled, SHELLS } from "./shells.ts";

const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["flatfetch ", COMMANDS.map(({ name }) => name).toSorted()],
  ["flatfetch pro", ["progress"]],
  ["flatfetch --per", ["--period"]],
  ["flatfetch TSLA --of", ["--offline"]],
  ["flatfetch preload TSLA --of", ["--offline"]],
  ["flatfetch TSLA -p 2", ["2wk", "2y"]],
  ["flatfetch -p 2", ["2wk", "2y"]],
  ["flatfetch TSLA --period=2", ["2wk", "2y"]],
  ["flatfetch TSLA -qp 2", ["2wk", "2y"]],
  ['flatfetch TSLA -p "2', ["2wk", "2y"]],
  ["flatfetch TSLA --period='2", ["2wk", "2y"]],
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
  ["flatfetch TSLA -o ", ["a file.csv", "bin"]],
  ["flatfetch TSLA --output=a", ["a file.csv"]],
  ["flatfetch list --cache-dir ", ["bin"]],
];

/** The program without any permission, which so asks nothing of the network, the disk or the user. */
const PROGRAM = `${Deno.execPath()} run --cached-only --no-prompt "${ROOT}cli.ts"`;

for (const shell of SHELLS) {
  const ignore = !await isInstalled(shell);
  const note = ignore ? ` (${shell.name} is not installed)` : "";
  Deno.test({
    name: `${shell.name} completes flatfetch${note}`,
    ignore,
    async fn() {
      await using place = await ShellPlace.open(shell);
      for (const [line, offered] of LINES) assertEquals(await place.ask(line), offered, line);
      for (const date of await place.ask("flatfetch TSLA --to ")) {
        assertMatch(date, /^\d{4}-\d\d-\d\d$/);
      }
    },
  });

  Deno.test({
    name:
      `${shell.name} completes flatfetch by its path, as an alias, and not at all without it${note}`,
    ignore,
    async fn() {
      await using place = await ShellPlace.open(shell);
      const without = { PATH: Deno.env.get("PATH")! };
      assertEquals(await place.ask("flatfetch TSLA --of", { env: without }), []);
      for (const path of [place.program, `~/bin/flatfetch`, "./bin/flatfetch"]) {
        assertEquals(await place.ask(`${path} TSLA --of`, { env: without }), ["--offline"], path);
      }
      const setUp = shell.alias(PROGRAM);
      assertEquals(await place.ask("flatfetch TSLA --of", { env: without, setUp }), ["--offline"]);
    },
  });
}

/** A home with a file, a folder and the program, and the script as the program prints it. */
class ShellPlace implements AsyncDisposable {
  readonly program: string;
  readonly #shell: AskedShell;
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(shell: AskedShell, home: string, modules: string) {
    this.#shell = shell;
    this.#home = home;
    this.program = `${home}/bin/flatfetch`;
    this.#env = { PATH: `${home}/bin:${Deno.env.get("PATH")}`, DENO_DIR: modules };
  }

  static async open(shell: AskedShell): Promise<ShellPlace> {
    const place = new ShellPlace(shell, await Deno.makeTempDir(), await denoDirectory());
    await Deno.mkdir(`${place.#home}/bin`);
    await Deno.writeTextFile(place.program, `#!/bin/sh\nexec ${PROGRAM} "$@"\n`, { mode: 0o755 });
    const { stdout } = await new Deno.Command(place.program, {
      args: ["completions", shell.name],
    }).output();
    await Deno.writeFile(`${place.#home}/bin/script`, stdout);
    await Deno.writeTextFile(`${place.#home}/a file.csv`, "");
    return place;
  }

  /** What is offered, without what quotes it, and without the slash behind a directory. */
  async ask(line: string, { setUp = "", env = {} } = {}): Promise<string[]> {
    const words = await this.#shell.ask({
      script: `${this.#home}/bin/script`,
      line,
      cwd: this.#home,
      env: { ...this.#env, ...env },
      setUp,
    });
    return words.map((word) => word.replace(/\\(.)|\/$/g, "$1"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#home, { recursive: true });
  }
}
