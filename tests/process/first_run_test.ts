/**
 * The first run on a machine, whose Deno has no module yet.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { takeDemoPort } from "./demo_port.ts";
import { FileServer } from "./file_server.ts";
import { emptyModules, isRegistryReached, PACKAGES, packagesIn } from "./modules.ts";
import { Place, ROOT } from "./place.ts";
import { hasTerminal, linesOnScreen, startOnTerminal } from "./pseudo_terminal.ts";

const ignore = !hasTerminal || !isRegistryReached;

Deno.test({
  name: "the first deno task demo TSLA leaves the screen of any other, and brings what it uses",
  ignore,
  async fn() {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const env = await emptyModules(place);
    const span = ["--from", "2020-11-02", "--to", "2020-11-30"];
    const run = ["task", "demo", "TSLA", "--latency", "0", ...span];
    const first = await screenAfter(run, { place, env });
    assertEquals(packagesIn(env.DENO_DIR), PACKAGES);
    await Deno.remove(`${place.home}/.cache`, { recursive: true });
    const second = await screenAfter(run, { place, env });
    assertEquals(first.map(withoutPort), second.map(withoutPort));
    assert(second.some((line) => line.includes("SUCCESS: Cached 20 days")), second.join("\n"));
  },
});

Deno.test({
  name: "the first deno run of a URL leaves the screen of any other, and brings what it uses",
  ignore,
  async fn() {
    await using place = await Place.open();
    await using sources = new FileServer();
    const env = await emptyModules(place);
    const cli = `${sources.url}/cli.ts`;
    const run = ["run", "-A", cli, "TSLA", "--from", "2025-01-02", "--to", "2025-01-31"];
    const first = await screenAfter(run, { place, env });
    assertEquals(packagesIn(env.DENO_DIR), PACKAGES);
    await Deno.remove(`${place.home}/.cache`, { recursive: true });
    const second = await screenAfter(run, { place, env });
    assertEquals(first, second);
    assert(second.some((line) => line.includes("SUCCESS: Cached 20 days")), second.join("\n"));
  },
});

Deno.test("deno cache URL/cli.ts brings the thread's module too", async () => {
  await using place = await Place.open();
  await using sources = new FileServer();
  const env = await place.freshModules();
  const cli = `${sources.url}/cli.ts`;
  await using cache = place.deno(["cache", cli], { env });
  assertEquals((await cache.ended).code, 0);
  await using doctor = place.deno(["run", "-A", "--cached-only", cli, "doctor"], { env });
  assertStringIncludes((await doctor.ended).stdout, "threads: files are read on threads");
});

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

/** Another server may have the demo's own port. */
function withoutPort(line: string): string {
  return line.replace(/(127\.0\.0\.1):\d+/, "$1");
}
