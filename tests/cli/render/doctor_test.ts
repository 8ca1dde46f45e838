import { assertEquals } from "@std/assert";
import { renderDiagnosis, renderSetupCheck } from "../../../lib/cli/render/doctor.ts";
import { PLAIN, type Style } from "../../../lib/cli/render/style.ts";

const SIGNS: Style = { signs: true, color: false };
const COLORS: Style = { signs: true, color: true };

const check = { name: "cache-directory", status: "failure", text: "it is full" } as const;

Deno.test("renderSetupCheck() has a sign, the name as words and below what to do", () => {
  assertEquals(renderSetupCheck(check, { fix: "Free some space.", style: SIGNS }), [
    "❌ cache directory: it is full",
    "   Free some space.",
  ]);
  const ok = { name: "listing", status: "ok", text: "60 files" } as const;
  assertEquals(renderSetupCheck(ok, { fix: undefined, style: SIGNS }), ["✅ listing: 60 files"]);
});

Deno.test("renderSetupCheck() says the status as a word where there are no signs", () => {
  for (const status of ["ok", "warning", "failure"] as const) {
    const [line] = renderSetupCheck({ ...check, status }, { fix: undefined, style: PLAIN });
    assertEquals(line, `${status}: cache directory: it is full`);
  }
});

Deno.test("renderSetupCheck() colors the line, and nothing that steers a terminal comes through", () => {
  const text = "a\x1b[2Jb";
  const [line] = renderSetupCheck({ ...check, text }, { fix: undefined, style: COLORS });
  assertEquals(line, "\x1b[31m❌ cache directory: a\\u{1b}[2Jb\x1b[39m");
});

Deno.test("renderDiagnosis() counts what is not well", () => {
  assertEquals(renderDiagnosis(["ok", "ok"], SIGNS), "Everything works.");
  assertEquals(renderDiagnosis(["ok", "warning"], SIGNS), "1 warning.");
  assertEquals(
    renderDiagnosis(["failure", "warning", "failure", "warning"], SIGNS),
    "2 failures, 2 warnings.",
  );
});
