/**
 * The texts of the doctor. Pure: plain data and a style in, lines out.
 *
 * @module
 */

import type { SetupCheck } from "../../../mod.ts";
import { defuse, paint, signed, type Style, type Tone } from "./style.ts";
import { countText } from "./wording.ts";

type Status = SetupCheck["status"];

const SIGNS: Readonly<Record<Status, string>> = { ok: "✅", warning: "🔶", failure: "❌" };

const TONES: Readonly<Record<Status, Tone>> = { ok: "good", warning: "warning", failure: "bad" };

/** What was found, and what can be done. Without signs the status stands in front as a word. */
export function renderSetupCheck(
  { name, status, text }: Pick<SetupCheck, "name" | "status" | "text">,
  { fix, style }: { readonly fix: string | undefined; readonly style: Style },
): string[] {
  const what = defuse(`${name.replaceAll("-", " ")}: ${text}`);
  const line = style.signs ? signed(SIGNS[status], what, style) : `${status}: ${what}`;
  return [paint(line, TONES[status], style), ...(fix === undefined ? [] : [`   ${fix}`])];
}

/** The last line. */
export function renderDiagnosis(statuses: readonly Status[], style: Style): string {
  const count = (status: Status) => statuses.filter((one) => one === status).length;
  const [failures, warnings] = [count("failure"), count("warning")];
  const parts = [
    ...(failures > 0 ? [countText(failures, "failure")] : []),
    ...(warnings > 0 ? [countText(warnings, "warning")] : []),
  ];
  const worst = failures > 0 ? "failure" : warnings > 0 ? "warning" : "ok";
  const text = parts.length === 0 ? "Everything works." : `${parts.join(", ")}.`;
  return paint(text, TONES[worst], style);
}
