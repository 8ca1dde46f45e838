import { assertEquals } from "@std/assert";
import { main } from "../../lib/cli/main.ts";

const stream = {
  write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
  writeSync: (bytes: Uint8Array) => bytes.length,
  isTerminal: () => false,
};
const stdin = { readable: new Blob([]).stream(), isTerminal: () => false };

/** How often a command line that has nothing cached begins to listen. */
async function listensOf(line: string): Promise<number> {
  const home = await Deno.makeTempDir({ prefix: "flatfetch_" });
  let listened = 0;
  await main(line.split(" ").filter(Boolean), {
    env: { HOME: home },
    signal: new AbortController().signal,
    listen: () => listened++,
    giveGrace: () => {},
    streams: { stdin, stdout: stream, stderr: stream },
  });
  await Deno.remove(home, { recursive: true });
  return listened;
}

Deno.test("main() listens to signals once for a command that works", async () => {
  for (const line of ["list", "progress help", "TSLA --offline"]) {
    assertEquals(await listensOf(line), 1, line);
  }
});

Deno.test("main() leaves signals to the system where it tells of itself, or refuses", async () => {
  const telling = ["", "--help", "help list", "--version", "completions bash", "__complete T"];
  for (const line of [...telling, "TSLA --none"]) assertEquals(await listensOf(line), 0, line);
});
