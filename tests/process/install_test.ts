/**
 * `git clone` and `deno install -g`.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileServer } from "./file_server.ts";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { Program } from "./program.ts";

const SUCCESS = "SUCCESS: Cached 60 days of TSLA data";

Deno.test({
  name: "git clone brings all that deno run -A cli.ts needs",
  ignore: !await isCheckout(),
  async fn() {
    await using place = await Place.open();
    const clone = `${place.home}/clone`;
    await using git = Program.start("git", {
      args: ["clone", "--quiet", "--shared", ROOT, clone],
      env: { PATH: place.env.PATH!, HOME: place.home },
    });
    assertEquals((await git.ended).code, 0);
    const args = ["run", "-A", "cli.ts", "TSLA", ...IN_SPAN];
    await using run = place.deno(args, { cwd: clone, env: await place.freshModules() });
    const { code, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, SUCCESS);
  },
});

const LAZY = "--unstable-lazy-dynamic-imports";

for (const [from, ...flags] of [["a checkout"], ["a checkout", LAZY], ["a URL"]]) {
  Deno.test(`deno install -g ${[...flags, "of", from].join(" ")} makes a command that does the main job, on threads`, async () => {
    await using place = await Place.open();
    await using sources = new FileServer();
    const root = from === "a URL" ? `${sources.url}/` : ROOT;
    const env = {
      ...from === "a URL" ? await place.freshModules() : {},
      PATH: `${place.home}/bin:${pathOfDeno()}:${place.env.PATH}`,
    };
    const args = [
      "install",
      "-g",
      "-A",
      ...flags,
      "-n",
      "flatfetch",
      "--root",
      place.home,
      `${root}cli.ts`,
    ];
    await using install = place.deno(args, { env });
    const installed = await install.ended;
    assertEquals(installed.code, 0, installed.stderr);

    const flatfetch = (...args: readonly string[]) =>
      Program.start(`${place.home}/bin/flatfetch`, { args, env: { ...place.env, ...env } });
    await using run = flatfetch("TSLA", ...IN_SPAN);
    const { code, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, SUCCESS);
    await using doctor = flatfetch("doctor");
    assertStringIncludes((await doctor.ended).stdout, "threads: files are read on threads");
  });
}

for (
  const [what, ...args] of [
    ["may not read its own files", "--no-prompt", LAZY, `${ROOT}cli.ts`, "--help"],
    [
      "may not read what runs a command",
      ...["-A", `--deny-read=${ROOT}lib/cli/commands/list_run.ts`, LAZY, `${ROOT}cli.ts`, "list"],
    ],
  ] as const
) {
  Deno.test(`deno run ${LAZY} cli.ts, which ${what}, names the flag`, async () => {
    await using place = await Place.open();
    await using program = place.deno(["run", ...args]);
    const { code, stderr } = await program.ended;
    assertEquals(code, 4, stderr);
    assertStringIncludes(stderr, `Run it without ${LAZY}`);
  });
}

/** The folder in which `deno` is this one. */
function pathOfDeno(): string {
  return Deno.execPath().replace(/\/[^/]+$/, "");
}

/** Whether git knows the folder of the tests, which it may refuse to of another user's. */
async function isCheckout(): Promise<boolean> {
  try {
    const args = ["-C", ROOT, "rev-parse", "HEAD"];
    return (await new Deno.Command("git", { args }).output()).success;
  } catch {
    return false;
  }
}
