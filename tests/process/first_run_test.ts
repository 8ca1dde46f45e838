/**
 * The first run on a machine, whose Deno has no module yet.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { FileServer } from "./file_server.ts";
import { takeDemoPort } from "./demo_port.ts";
import { Place, registryEnvironment, ROOT } from "./place.ts";
import { hasTerminal, linesOnScreen, startOnTerminal } from "./pseudo_terminal.ts";

const lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`));

/** What the program uses, without versions, ascending. */
const PACKAGES = Object.keys(lock.npm).map((name) => name.replace(/@[^@]+$/, "")).sort();

const isOffline = !await isRegistryReached();
const ignore = !hasTerminal || isOffline;

Deno.test({
  name: "the first deno task demo TSLA leaves the screen of any other, and brings what it uses",
  ignore,
  async fn() {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const env = await emptyModules(place);
    const run = ["task", "demo", "TSLA", "--latency", "0", "-p", "1mo"];
    const first = await screenAfter(run, { place, env });
    assertEquals(packagesIn(env.DENO_DIR), PACKAGES);
    await screenAfter(["task", "demo", "clear", "--all"], { place, env });
    const second = await screenAfter(run, { place, env });
    assertEquals(first.map(withoutPort), second.map(withoutPort));
    assert(second.some((line) => line.includes("SUCCESS: Cached 22 days")), second.join("\n"));
  },
});

Deno.test({
  name: "the first deno run of a URL leaves the screen of any other",
  ignore,
  async fn() {
    await using place = await Place.open();
    await using sources = new FileServer();
    const env = await emptyModules(place);
    const cli = ["run", "-A", `${sources.url}/cli.ts`];
    const run = [...cli, "TSLA", "--from", "2025-01-02", "--to", "2025-01-31"];
    const first = await screenAfter(run, { place, env });
    await screenAfter([...cli, "clear", "--all"], { place, env });
    const second = await screenAfter(run, { place, env });
    assertEquals(first, second);
    assert(second.some((line) => line.includes("SUCCESS: Cached 20 days")), second.join("\n"));
  },
});

Deno.test({
  name: "deno cache URL/cli.ts brings what the program uses, the thread's module too, and no more",
  ignore: isOffline,
  async fn() {
    await using place = await Place.open();
    await using sources = new FileServer();
    const env = await emptyModules(place);
    const cli = `${sources.url}/cli.ts`;
    await using cache = place.deno(["cache", cli], { env });
    assertEquals((await cache.ended).code, 0);
    assertEquals(packagesIn(env.DENO_DIR), PACKAGES);
    await using doctor = place.deno(["run", "-A", "--cached-only", cli, "doctor"], { env });
    assertStringIncludes((await doctor.ended).stdout, "threads: files are read on threads");
  },
});

for (const way of ["deno run cli.ts --help", "deno task compile"]) {
  Deno.test({
    name: `the first ${way} brings what the program uses, and nothing of the tests`,
    ignore: isOffline,
    async fn() {
      await using place = await Place.open();
      const env = { ...await emptyModules(place), DENORT_BIN: Deno.execPath() };
      // Whether the types are right is for the other test of it to see.
      const command = way === "deno task compile"
        ? `${manifest.tasks.compile.command} --no-check`.replace(/ cli\.ts (.*)$/, " $1 cli.ts")
        : way;
      const words = command.replace("dist/", `${place.home}/`)
        .replace(/^deno (run )?/, (_, run) => run ? "run -A " : "").split(" ");
      await using first = place.deno(words, { cwd: ROOT, env });
      const { code, stderr } = await first.ended;
      assertEquals(code, 0, stderr);
      assertEquals(packagesIn(env.DENO_DIR), PACKAGES);
    },
  });
}

/** Wide enough that no line's end depends on a port's digits. */
const WIDTH = 200;

/** What a run leaves on a wide screen, without what Deno says before it. */
async function screenAfter(
  args: readonly string[],
  { place, env }: { place: Place; env: Record<string, string> },
): Promise<string[]> {
  await using program = startOnTerminal(WIDTH, { args, env, place, cwd: ROOT });
  const { code, stdout } = await program.ended;
  assertEquals(code, 0, stdout);
  return linesOnScreen(stdout, WIDTH).filter((line) => !/^Task demo /.test(line))
    .map((line) => line.replace(/ in [0-9.]+m?s$/, ""));
}

async function emptyModules(place: Place) {
  const path = await Deno.makeTempDir({ dir: place.home, prefix: "deno_" });
  return { DENO_DIR: path, ...registryEnvironment() };
}

function packagesIn(denoDirectory: string): string[] {
  const [registry] = Deno.readDirSync(`${denoDirectory}/npm`);
  const root = `${denoDirectory}/npm/${registry!.name}`;
  const names = Array.from(Deno.readDirSync(root), ({ name }) => name);
  return names.flatMap((name) =>
    name.startsWith("@")
      ? Array.from(Deno.readDirSync(`${root}/${name}`), (inner) => `${name}/${inner.name}`)
      : [name]
  ).sort();
}

/** Where this machine takes packages from: without it there is no first run. */
async function isRegistryReached(): Promise<boolean> {
  const registry = Deno.env.get("NPM_CONFIG_REGISTRY") ?? "https://registry.npmjs.org/";
  try {
    const response = await fetch(registry, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Another server may have the demo's own port. */
function withoutPort(line: string): string {
  return line.replace(/(127\.0\.0\.1):\d+/, "$1");
}
