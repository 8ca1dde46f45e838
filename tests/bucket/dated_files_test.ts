import { assertEquals } from "@std/assert";
import { sortOut, sumOfStrays, withDates } from "../../lib/bucket/dated_files.ts";
import { datasetOf } from "../../lib/market/dataset.ts";

const dataset = datasetOf("stock", "1d");
const object = (name: string) => ({ key: `${dataset.name}/${name}`, size: 1, etag: "e" });
const file = object("2025/01/2025-01-02.csv.gz");

Deno.test("sortOut() tells flat files from strays, of which it names five", () => {
  const names = ["2025/", "2025/a", "2025/b", "2025/c", "2025/d", "2025/e"].map(object);
  const { files, strays } = sortOut(dataset, [...names, file]);
  assertEquals(files, [{ ...file, date: "2025-01-02" }]);
  assertEquals(strays, { count: 6, keys: names.slice(0, 5).map(({ key }) => key) });
  assertEquals(sumOfStrays([strays, strays]), { count: 12, keys: strays.keys });
});

Deno.test("withDates() leaves the versions of another dataset out", () => {
  assertEquals(withDates(datasetOf("crypto", "1d"), [file]), []);
  assertEquals(withDates(dataset, [file]), [{ ...file, date: "2025-01-02" }]);
});
