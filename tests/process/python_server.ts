/**
 * `python3 -m http.server`: a web server that nobody here wrote, with the types of the machine's
 * own table.
 *
 * @module
 */

import { Program } from "./program.ts";

/** It is there only where Python is. */
export const pythonServer = {
  async isInstalled(): Promise<boolean> {
    try {
      return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
    } catch {
      return false;
    }
  },

  /** Serves a folder on a free port; disposing ends it. */
  async start(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
    const program = Program.start("python3", {
      args: ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"],
      env: { PATH: Deno.env.get("PATH") ?? "" },
    });
    const address = await program.output(/http:\/\/127\.0\.0\.1:\d+/, "stdout");
    return { url: address, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
  },
};
