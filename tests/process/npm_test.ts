/**
 * `deno task npm`: the package packed and installed by npm, and started by Node.js.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { PERMISSIONS } from "../../tools/compile.ts";
import manifest from "../../deno.json" with { type: "json" };
import { makePackage } from "../../tools/npm_package.ts";
import { IN_SPAN, Place } from "./place.ts";
import { Program } from "./program.ts";

const npm = await pathOf("npm");
const node = await pathOf("node");

Deno.test({
  name: "the npm package",
  ignore: npm === undefined || node === undefined,
  async fn(t) {
    await using place = await Place.open({ latencyMs: 20 });
    const home = new URL(`file://${place.home}/`);
    await makePackage(new URL("package/", home));
    const installed = `${place.home}/installed`;
    const tarball = `flatfetch-${manifest.version}.tgz`;
    await Deno.mkdir(installed);
    await using pack = npmIn(place.home, ["pack", "./package"]);
    const packed = await pack.ended;
    assertEquals([packed.code, packed.stdout], [0, `${tarball}\n`], packed.stderr);
    await using install = npmIn(installed, ["install", "--offline", `../${tarball}`]);
    const ended = await install.ended;
    assertEquals(ended.code, 0, ended.stderr);

    const npx = (args: readonly string[], path: readonly string[]) =>
      Program.start(npm!.replace(/npm$/, "npx"), {
        args: ["--no-install", "flatfetch", ...args],
        env: { ...place.env, PATH: path.join(":") },
        cwd: installed,
      });
    /** What npx starts. */
    const start = (args: readonly string[], path: readonly string[], cwd = place.home) =>
      Program.start(`${installed}/node_modules/.bin/flatfetch`, {
        args,
        env: { ...place.env, PATH: path.join(":") },
        cwd,
      });
    const tools = await folderWith(place.home, "tools", { node: node!, sh: "/bin/sh" });

    await t.step("npx flatfetch does the main job where there is Deno", async () => {
      const path = [tools, await folderWith(place.home, "deno", { deno: Deno.execPath() })];
      await using run = npx(["TSLA", ...IN_SPAN], path);
      const { code, stderr } = await run.ended;
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "SUCCESS: Cached 60 days of TSLA data");
      await using refused = start(["TSLA", "--nonsense"], path);
      assertEquals((await refused.ended).code, 2);
    });

    await t.step("flatfetch starts in a project whose files for Deno cannot be read", async () => {
      const path = [tools, `${place.home}/deno`];
      for (const name of ["deno.json", "deno.lock", "package.json"]) {
        await Deno.writeTextFile(`${installed}/${name}`, "{ broken");
      }
      await using run = start(["--version"], path, installed);
      const { code, stderr } = await run.ended;
      assertEquals([code, stderr], [0, ""]);
    });

    await t.step("its README is true of the package alone", async () => {
      const readme = await Deno.readTextFile(`${installed}/node_modules/flatfetch/README.md`);
      const links = Array.from(readme.matchAll(/\]\(([^)]*)\)/g), ([, link]) => link);
      assertEquals(links, ["https://massive.com", "https://deno.com"]);
      const commands = readme.match(/^ {4}.*/gm)!.map((line) => line.trim().split(" ")[0]);
      assertEquals([...new Set(commands)], ["export", "npx"]);
    });

    await t.step("SIGTERM ends it as it ends the program", async () => {
      const path = `${tools}:${place.home}/deno`;
      const bin = `${installed}/node_modules/flatfetch/launcher.js`;
      const cache = place.cache("other").directory.path;
      const args = [bin, "TSLA", ...IN_SPAN, "-j", "1", "--cache-dir", cache];
      place.s3.clearRequests();
      const asked = place.s3.untilGets(5);
      await using run = Program.start(node!, { args, env: { ...place.env, PATH: path } });
      await run.before(asked);
      run.kill("SIGTERM");
      assertEquals((await run.ended).code, 143);
    });

    await t.step("flatfetch says what it needs where Deno is missing or too old", async () => {
      await using without = start(["TSLA", "-p", "1y"], [tools]);
      const { code, stderr } = await without.ended;
      assertEquals([code, stderr.split("\n").slice(0, 3)], [4, [
        "Cannot start flatfetch: found none in PATH, want Deno 2.9 or newer",
        "Install it from https://deno.com, or have npm bring it:",
        "  npx -p deno@2.9.6 -p flatfetch flatfetch TSLA -p 1y",
      ]]);
      const given = [
        "",
        "O:SPY*",
        "a b.csv",
        "it's",
        "$HOME",
        "`id`",
        "\\",
        '"',
        "~",
        "=ls",
        "a\nb",
      ];
      await using quoted = start(given, [tools]);
      const [, line] = /^ {2}npx .* flatfetch (.*)\n$/ms.exec((await quoted.ended).stderr)!;
      const script = `for arg in ${line}; do printf '%s\\0' "$arg"; done`;
      const shell = await new Deno.Command("/bin/sh", { args: ["-c", script] }).output();
      assertEquals(new TextDecoder().decode(shell.stdout).split("\0").slice(0, -1), given);
      const folder = `${place.home}/old`;
      await Deno.mkdir(folder);
      const old = "#!/bin/sh\necho deno 2.1.4 '(stable)'\n";
      await Deno.writeTextFile(`${folder}/deno`, old, { mode: 0o755 });
      await using withOld = start([], [tools, folder]);
      assertStringIncludes((await withOld.ended).stderr, "found 2.1.4 in PATH, want Deno 2.9");
    });
  },
});

Deno.test("the npm package's launcher gives Deno the permissions of the binary", async () => {
  const launcher = await Deno.readTextFile(new URL("../../tools/npm_launcher.js", import.meta.url));
  const [, list] = /const FLAGS = (\[[^\]]*\])/.exec(launcher)!;
  const flags = JSON.parse(list!.replace(/,\s*\]/, "]"));
  assertEquals(flags, PERMISSIONS);
});

function npmIn(cwd: string, args: readonly string[]): Program {
  const env = { PATH: Deno.env.get("PATH") ?? "", HOME: cwd };
  return Program.start(npm!, { args, env, cwd });
}

/** A folder that holds nothing but links to some programs. */
async function folderWith(
  home: string,
  name: string,
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = `${home}/${name}`;
  await Deno.mkdir(folder);
  for (const [name, path] of Object.entries(programs)) {
    await Deno.symlink(path, `${folder}/${name}`);
  }
  return folder;
}

/** Where a program is that the shell would start. */
async function pathOf(program: string): Promise<string | undefined> {
  const command = new Deno.Command("/bin/sh", { args: ["-c", `command -v ${program}`] });
  const { success, stdout } = await command.output();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}
