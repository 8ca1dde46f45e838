/** Runs that wait for another process with `--wait`. */

import { assertEquals } from "@std/assert";
import { Lock } from "../../lib/cache/lock.ts";
import { Place } from "./place.ts";

const WAITING = `Waiting for process ${Deno.pid}, which works on TSLA\n`;

/** Holds TSLA as another run does. */
async function hold(place: Place): Promise<Lock> {
  const { directory } = place.cache();
  await directory.make();
  const path = directory.lockPath(place.files.dataset, "TSLA");
  await directory.makeParent(path);
  return await Lock.take(path);
}

Deno.test("flatfetch TSLA --wait goes on when the other process has ended", async () => {
  await using place = await Place.open();
  const other = await hold(place);
  await using run = place.load(["--wait"]);
  await run.output(new RegExp(WAITING));
  other[Symbol.dispose]();
  const { code, stderr } = await run.ended;
  assertEquals([code, stderr.split(WAITING).length], [0, 2], stderr);
});

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} while flatfetch TSLA --wait waits exits ${exitCode}`, async () => {
    await using place = await Place.open();
    using _other = await hold(place);
    await using run = place.load(["--wait"]);
    await run.output(new RegExp(WAITING));
    run.kill(signal);
    assertEquals((await run.ended).code, exitCode);
  });
}
