/**
 * Says how much is to be downloaded, and asks for a yes.
 *
 * @module
 */

import type { FileTotal } from "../../settings.ts";
import type { Context } from "../context.ts";
import { signed } from "../render/style.ts";
import { downloadText } from "../render/wording.ts";

/** Where and how it is asked. */
export type Asking = Pick<Context, "style" | "signal"> & {
  readonly terminal: Pick<Context["terminal"], "line" | "ask">;
};

/** Asks on the terminal; says no where nobody is there, unless the user has said `--yes`. */
export function confirmOn(
  { terminal, style, signal }: Asking,
  { yes }: { readonly yes: boolean },
): (work: FileTotal) => Promise<boolean> {
  return async (work) => {
    if (yes) {
      terminal.line(signed("📦", `Downloading ${downloadText(work)}`, style));
      return true;
    }
    const answer = await terminal.ask(`Download ${downloadText(work)}? [y/N] `, signal);
    return /^\s*y(es)?\s*$/i.test(answer ?? "");
  };
}
