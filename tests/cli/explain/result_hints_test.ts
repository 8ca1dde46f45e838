import { assertEquals, assertMatch } from "@std/assert";
import {
  hintForAbsences,
  hintForFindings,
  hintForRefused,
} from "../../../lib/cli/explain/result_hints.ts";

Deno.test("hintForAbsences() sends to --follow, and from there to the ticker of today", () => {
  const text = "no bar after 2022-06-08 (852 files): delisted, or under another ticker";
  const dates = ["2022-06-09"];
  const absence = { kind: "after-last-bar", severity: "warning", dates, text } as const;
  assertMatch(hintForAbsences([absence], { follow: false })!, /--follow/);
  assertMatch(hintForAbsences([absence], { follow: true })!, /ticker that it has today/);
  assertEquals(hintForAbsences([{ ...absence, text: "a gap" }], { follow: true }), undefined);
});

Deno.test("hintForRefused() gives the option that leaves out what a plan excludes at either end", () => {
  const hintOf = (refused: string[], had: string[]) => hintForRefused({ refused, had });
  const [a, b, c] = ["2025-01-02", "2025-02-03", "2025-03-04"];
  assertMatch(hintOf([b, a], [c])!, /--from 2025-03-04 /);
  assertMatch(hintOf([c], [b, a])!, /--to 2025-02-03 /);
  for (const [refused, had] of [[[b], [a, c]], [[a, c], [b]], [[], [a]], [[a], []]] as const) {
    assertEquals(hintOf([...refused], [...had]), undefined);
  }
});

Deno.test("hintForFindings() tells to fetch what another run can fetch, and nothing else", () => {
  const hint = "Run the same without check to fetch what is not cached.";
  assertEquals(hintForFindings(["gap", "not-cached"]), hint);
  assertEquals(hintForFindings(["replaced"]), hint);
  assertEquals(hintForFindings(["refused", "gap", "high-below-low", "not-listed"]), undefined);
});
