import { assertEquals } from "@std/assert";
import { joinDates, spansText } from "../../../lib/cli/render/wording.ts";

Deno.test("joinDates() joins over weekends, and never over another file", () => {
  const dates = ["2024-03-12", "2024-03-07", "2024-03-08", "2024-03-11"];
  const whole = { from: "2024-03-07", to: "2024-03-12" };
  assertEquals(joinDates(dates), [whole]);
  assertEquals(joinDates(dates, ["2024-03-06", "2024-03-13"]), [whole]);
  assertEquals(joinDates(dates, ["2024-03-10"]), [
    { from: "2024-03-07", to: "2024-03-08" },
    { from: "2024-03-11", to: "2024-03-12" },
  ]);
});

Deno.test("joinDates() does not join what is more than a long weekend apart", () => {
  assertEquals(joinDates(["2024-03-01", "2024-03-06", "2024-03-12"]), [
    { from: "2024-03-01", to: "2024-03-06" },
    { from: "2024-03-12", to: "2024-03-12" },
  ]);
  assertEquals(joinDates(["no date", "no date", "another"]).length, 2);
  assertEquals(joinDates([]), []);
});

Deno.test("spansText() shows at most eight spans", () => {
  const dates = Array.from({ length: 9 }, (_, i) => `2024-0${i + 1}-01`);
  const spans = joinDates(dates);
  assertEquals(spansText(spans.slice(0, 2)), "2024-01-01, 2024-02-01");
  assertEquals(spansText(spans), `${dates.slice(0, 8).join(", ")}, …`);
  assertEquals(
    spansText([{ from: "2020-11-02", to: "2021-10-31" }]),
    "2020-11-02 … 2021-10-31",
  );
});
