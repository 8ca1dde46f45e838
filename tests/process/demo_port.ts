/**
 * Lets one test at a time run the demo, which has a port of its own.
 *
 * @module
 */

/** The port of the demo's server, where it is free. */
export const DEMO_PORT = 8943;

/** Waits for the demos of other tests, in this process and in others, until it is disposed of. */
export async function takeDemoPort(): Promise<Disposable> {
  const directory = Deno.env.get("TMPDIR") ?? "/tmp";
  const file = await Deno.open(`${directory}/flatfetch-tests-${DEMO_PORT}.lock`, {
    write: true,
    create: true,
  });
  await file.lock(true);
  return file;
}
