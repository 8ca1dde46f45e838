/**
 * Where this deno keeps what it has downloaded; a process with another home needs to know.
 *
 * @module
 */

/** Asks deno once. */
export function denoDirectory(): Promise<string> {
  return asked ??= ask();
}

let asked: Promise<string> | undefined;

async function ask(): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  const { stdout } = await command.output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
