/**
 * The program and the library from a URL, with the least permissions.
 *
 * The module cache holds nothing of this project at first. The npm packages are lent to it, so that
 * no test needs a registry.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { FileServer } from "./file_server.ts";
import { COMMAND, commandInReadme } from "./permissions.ts";
import { IN_SPAN, KEYS, Place, SPAN } from "./place.ts";
import { type Ended, Program } from "./program.ts";

const SUCCESS = "SUCCESS: Cached 60 days of TSLA data";

Deno.test("the program and the library from a URL", async (t) => {
  await using sources = new FileServer();
  await using common = await Place.open();
  const modules = await common.freshModules();
  const step = (name: string, fn: (place: Place) => Promise<void>) =>
    t.step(name, async () => {
      await using place = await Place.open();
      await fn(place);
    });

  await step("the README's command runs, and no permission of it is superfluous", async (place) => {
    const command = await commandInReadme() ?? COMMAND;
    const { code, stderr } = await run(command, { sources, place, modules });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, SUCCESS);
    const info = await Deno.lstat(`${place.home}/.cache/flatfetch/bars`);
    assert(info.isDirectory);
    for (const less of withLess(command)) {
      await Deno.remove(`${place.home}/.cache`, { recursive: true }).catch(() => {});
      const { code } = await run(less, { sources, place, modules });
      assertNotEquals(code, 0, less);
    }
  });

  await step("the same permissions are enough for a chart, and for its page", async (place) => {
    const chart = COMMAND.replace("URL/cli.ts TSLA", "URL/cli.ts chart TSLA");
    const drawn = await run(chart, { sources, place, modules });
    assertEquals(drawn.code, 0, drawn.stderr);
    assertStringIncludes(drawn.stdout, "TSLA  2025-01-02 to 2025-03-31, 1d");
    const page = await run(chart.replace("TSLA", "TSLA --html -"), { sources, place, modules });
    assertEquals(page.code, 0, page.stderr);
    assertStringIncludes(page.stdout, "Lightweight Charts™ v5");
    assertStringIncludes(page.stdout, "</html>");
  });

  await step(
    "with keys in ~/.aws the command needs that directory, and no key in its environment",
    async (place) => {
      await Deno.mkdir(`${place.home}/.aws`);
      await Deno.writeTextFile(
        `${place.home}/.aws/credentials`,
        `[massive]\naws_access_key_id = ${KEYS.accessKeyId}\n` +
          `aws_secret_access_key = ${KEYS.secretAccessKey}\n`,
      );
      const command = COMMAND.replace(/--allow-env=\S+/, "--allow-env=HOME")
        .replace(/--allow-read=\S+/, "$&,$HOME/.aws");
      const { code, stderr } = await run(command, { sources, place, modules });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, SUCCESS);
    },
  );

  await step("a program imports preload(), and needs no environment", async (place) => {
    const program = `${place.home}/program.ts`;
    const cache = `${place.home}/cache`;
    await Deno.writeTextFile(
      program,
      `import { preload } from "${sources.url}/mod.ts";
      const { bars, summary } = await preload(["TSLA"], ${
        JSON.stringify({ ...SPAN, cacheDirectory: cache, endpoint: place.url, credentials: KEYS })
      });
      console.log(bars.TSLA.length, summary.complete);`,
    );
    await using run = place.deno([
      ...["run", "--no-prompt", `--allow-import=${sources.host}`],
      ...[`--allow-net=${new URL(place.url).host}`, `--allow-read=${cache}`],
      ...[`--allow-write=${cache}`, program],
    ], { env: modules });
    const { code, stdout, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertEquals(stdout, "60 true\n");
  });
});

/** What Debian's table of types takes `.ts` for: a translation of Qt's. */
const LINGUIST = "text/vnd.trolltech.linguist";

for (const type of ["text/plain", "application/octet-stream", LINGUIST]) {
  const runs = type !== LINGUIST;
  Deno.test(`a server that sends .ts as ${type} ${runs ? "serves the program" : "does not"}`, async () => {
    await using place = await Place.open();
    await using sources = new FileServer({ ts: type });
    const env = await place.freshModules();
    const part = `${sources.url}/lib/market/interval.ts`;
    await using program = place.deno(["run", part], { env });
    const { code, stderr } = await program.ended;
    assertEquals(code === 0, runs);
    assertEquals(stderr.includes("SyntaxError"), !runs, stderr);
  });
}

/** The command without one of its permissions, or one of its environment variables. */
function withLess(command: string): string[] {
  const flags = command.match(/--allow-\S+/g)!;
  const variables = /--allow-env=(\S+)/.exec(command)![1]!.split(",");
  const others = (name: string) => variables.filter((other) => other !== name).join(",");
  return [
    ...flags.map((flag) => command.replace(`${flag} `, "")),
    ...variables.map((name) => command.replace(variables.join(","), others(name))),
  ];
}

/** Runs a command of the README in a shell, over the place's files. */
async function run(
  command: string,
  { sources, place, modules }: {
    sources: FileServer;
    place: Place;
    modules: Readonly<Record<string, string>>;
  },
): Promise<Ended> {
  const here = command
    .replace(/^deno /, `'${Deno.execPath()}' `)
    .replace("files.massive.com", new URL(place.url).host)
    .replace(/ \S+\/cli\.ts /, ` ${sources.url}/cli.ts `);
  const more = [...IN_SPAN, "--endpoint", place.url].join(" ");
  await using program = Program.start("/bin/sh", {
    args: ["-c", `exec ${here} ${more}`],
    env: { ...place.env, ...modules },
  });
  return await program.ended;
}
