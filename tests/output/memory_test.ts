import { assert } from "@std/assert";
import { fileURLToPath } from "node:url";
import { OUTPUT_FORMATS } from "../../lib/output/format.ts";

const MIB = 2 ** 20;
const BARS = 200_000;

/** The bars take over 27 MiB as objects, and 25 to 42 MiB as text. */
const MAX_LIVE_BYTES = 24 * MIB;

// The other forms of text are compressed in the same way.
for (const format of OUTPUT_FORMATS.filter((one) => !/json\./.test(one))) {
  Deno.test(`formatBars() of 200,000 bars as ${format} holds at most 24 MiB`, async () => {
    const script = fileURLToPath(new URL("live_memory.ts", import.meta.url));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", "--v8-flags=--expose-gc", script, format, String(BARS)],
      stderr: "inherit",
    }).output();
    assert(success);
    const { written, most } = JSON.parse(new TextDecoder().decode(stdout));
    assert(written > BARS, `only ${written} bytes were written`);
    assert(most < MAX_LIVE_BYTES, `${Math.round(most / MIB)} MiB were in use`);
  });
}
