/** What the tests of the extraction share: the parts of a file, and how one is refused. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type IntegrityCheck, IntegrityError } from "../../lib/errors.ts";

export const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
export const COLUMNS = "ticker,volume,open,close,high,low,window_start,transactions";
/** The stamp of a row of that date. */
export const START = "1709787600000000000";

const SAMPLES = new URL("../../fixtures/data/flat_files/", import.meta.url);

/** The bytes of a file that is kept among the fixtures. */
export function sample(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`${name}.csv.gz`, SAMPLES));
}

/** Wants an error that names the file and the check that it has failed. */
export async function assertDamaged(
  run: () => Promise<unknown>,
  check: IntegrityCheck,
  message = "",
): Promise<void> {
  const error = await assertRejects(run, IntegrityError, message);
  assertEquals([error.key, error.check], [KEY, check], error.message);
  assert(error.message.includes(JSON.stringify(KEY)), error.message);
}
