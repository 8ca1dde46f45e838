/** Standard error whose reader takes its time. */

import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const MODULE = new URL("../../../lib/cli/terminal/terminal.ts", import.meta.url);
const CODE = `
  const { Terminal } = await import(${JSON.stringify(MODULE.href)});
  Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
  {
    await using terminal = new Terminal();
    for (let i = 0; i < 300; i++) terminal.line(String(i).padEnd(1_000, "."));
    if (Deno.args[0] === "data") await terminal.data("all said");
  }
  Deno.exit();
`;

function start(...argv: string[]) {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const args = ["eval", "-q", CODE, ...argv];
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

for (const [argv, said] of [[["data"], "all said"], [[], ""]] as const) {
  const when = said === "" ? "when it is disposed of" : "before it gives data";
  Deno.test(`Terminal has said all on stderr, in its order, ${when}`, async () => {
    const { code, stdout, stderr } = await start(...argv).output();
    const lines = new TextDecoder().decode(stderr).split("\n");
    assertEquals([code, new TextDecoder().decode(stdout)], [0, said]);
    assertEquals(lines.slice(0, -1).map((line) => parseInt(line)), [...Array(300).keys()]);
  });
}
