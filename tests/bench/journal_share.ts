/**
 * The program with a watch on its journals: how long it waits for them in all.
 *
 *     journal_share.ts FILE ARGUMENT…
 *
 * Counted is what the run waits for: appends (records to JSON, CRC-32, write) and the closing,
 * with the last sync in it. The syncs before run beside it on a thread of their own. The
 * milliseconds go to FILE.
 *
 * @module
 */

import { connect } from "../../cli.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { readEnvironment } from "../../lib/cli/access/environment.ts";

const [path = "", ...argv] = Deno.args;
const { append, remove } = JournalWriter.prototype;
let spentMs = 0;

JournalWriter.prototype.append = function (records) {
  const startMs = performance.now();
  append.call(this, records);
  spentMs += performance.now() - startMs;
};

JournalWriter.prototype.remove = async function () {
  const startMs = performance.now();
  await remove.call(this);
  spentMs += performance.now() - startMs;
};

await connect(argv, readEnvironment());
await Deno.writeTextFile(path, String(spentMs));
