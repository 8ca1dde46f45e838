/** Standard error whose reader takes its time. */

import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const MODULE = new URL("../../../lib/cli/terminal/terminal.ts", import.meta.url);
const CODE = `
  const { Terminal } = await import(${JSON.stringify(MODULE.href)});
  Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
  using terminal = new Terminal();
  for (let i = 0; i < 300; i++) terminal.line(String(i).padEnd(1_000, "."));
  await terminal.data("all said");
`;

function start() {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const args = ["eval", "-q", CODE];
  const options = { args, cwd, stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(Deno.execPath(), options).spawn();
}

Deno.test({
  name: "Terminal hears signals while nobody reads what it says on stderr",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using child = start();
    const reader = child.stderr.getReader();
    await reader.read();
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 7);
    await reader.cancel();
    await child.stdout.cancel();
  },
});

Deno.test("Terminal has said all on stderr, in its order, before it gives data", async () => {
  const { code, stdout, stderr } = await start().output();
  const lines = new TextDecoder().decode(stderr).split("\n");
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "all said"]);
  assertEquals(lines.slice(0, -1).map((line) => parseInt(line)), [...Array(300).keys()]);
});
