/**
 * What appending to an open journal takes, on the disk of the system's temporary folder.
 *
 *     deno task bench:micro
 *
 * @module
 */

import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { KeptRecord } from "../../lib/cache/record.ts";

const of = {
  host: "files.massive.com",
  bucket: "flatfiles",
  dataset: "us_stocks_sip/day_aggs_v1",
  ticker: "TSLA",
  symbol: "TSLA",
  period: "5y",
  interval: "1d",
};
const record = KeptRecord.of({
  key: "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz",
  size: 221_141,
  etag: "0123456789abcdef0123456789abcdef",
  rows: [[1_709_787_600_000, 174.35, 180.04, 173.7, 178.65, 102_129_034, 938_211]],
});

for (const count of [1, 16, 1_000]) {
  Deno.bench(`JournalWriter.append() ${count} of one bar`, async (bench) => {
    const folder = await Deno.makeTempDir();
    {
      await using journal = await JournalWriter.open(`${folder}/journal`, of);
      const records = Array.from({ length: count }, () => record);
      journal.append([record]);
      bench.start();
      journal.append(records);
      bench.end();
    }
    await Deno.remove(folder, { recursive: true });
  });
}
