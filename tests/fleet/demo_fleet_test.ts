import { assertEquals, assertMatch } from "@std/assert";
import { takeFleet } from "../../fixtures/demo_fleet.ts";
import { takeDemoPort } from "../process/demo_port.ts";
import { HAS_SERVER } from "./nats_server.ts";
import { denoDirectory } from "./plain_run.ts";

const DEMO = decodeURIComponent(new URL("../../fixtures/demo.ts", import.meta.url).pathname);

async function demo(home: string, args: readonly string[], path = Deno.env.get("PATH")!) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", DEMO, "--latency", "0", ...args],
    env: { XDG_CACHE_HOME: home, DENO_DIR: denoDirectory, PATH: path },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("takeFleet() takes --fleet without a URL, and leaves one that has it", () => {
  assertEquals(takeFleet(["export", "a/b", "--fleet"]), {
    wantsFleet: true,
    argv: ["export", "a/b"],
  });
  const given = ["export", "a/b", "--fleet", "nats://localhost"];
  assertEquals(takeFleet(given), { wantsFleet: false, argv: given });
  assertEquals(takeFleet(["--fleet", "--yes"]).argv, ["--yes"]);
});

Deno.test({
  name: "deno task demo export DATASET --into DIR --fleet starts a server and workers of its own",
  ignore: !HAS_SERVER,
  async fn() {
    using _port = await takeDemoPort();
    const home = await Deno.makeTempDir({ prefix: "flatfetch-" });
    const month = ["--from", "2025-10-02", "--to", "2025-10-31", "--into", `${home}/lake`];
    const args = ["export", "us_stocks_sip/day_aggs_v1", ...month, "--fleet"];
    const { code, stderr } = await demo(home, args);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /Exported 22 files into/);
    const missing = await demo(home, args, home);
    assertEquals(missing.code, 4, missing.stderr);
    assertMatch(missing.stderr, /apt-get install nats-server/);
    await Deno.remove(home, { recursive: true });
  },
});
