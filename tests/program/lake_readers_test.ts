/** What docs/lake.md says of reading a lake, by the readers that it names, where they are. */

import { assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { isThere, query, word } from "../output/duckdb.ts";
import { stockFiles, World } from "./harness.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";
const SPAN = { from: "2023-12-18", to: "2024-01-12" };

const page = await Deno.readTextFile(new URL("../../docs/lake.md", import.meta.url));

/** The page's code of a language, which reads a lake that is elsewhere. */
function codeOf(language: string, lake: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page)!;
  return code!.replaceAll(/(?<=["'])lake\//g, `${lake}/`);
}

/** Dates and closes of TSLA, as the flat files have them. */
function expected(files: ReturnType<typeof stockFiles>): [date: string, close: string][] {
  return [...files].flatMap(({ key, bytes }) => {
    const lines = new TextDecoder().decode(gunzipSync(bytes)).split("\n");
    const close = lines[0]!.split(",").indexOf("close");
    return lines.filter((line) => line.startsWith("TSLA,"))
      .map((line): [string, string] => [key.slice(-17, -7), line.split(",")[close]!]);
  });
}

/** Whether Python has a module. */
async function has(module: string): Promise<boolean> {
  try {
    const args = ["-c", `import ${module}`];
    const { success } = await new Deno.Command("python3", { args, stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}

/** Prints how many rows each expression of a program has. */
const COUNTER = `
import ast, sys
names = {}
for node in ast.parse(sys.argv[1]).body:
    if isinstance(node, ast.Expr):
        print(len(eval(compile(ast.Expression(node.value), "page", "eval"), names)))
    else:
        exec(compile(ast.Module([node], []), "page", "exec"), names)
`;

const canRead = await has("pandas, pyarrow, polars");
const without = canRead ? "" : " (skipped: Python has no pandas, pyarrow or polars)";

for (const by of ["date", "month"]) {
  Deno.test({
    name: `the SQL of docs/lake.md finds in a lake by ${by} what the flat files have${word}`,
    ignore: !isThere,
    fn: async () => {
      await using world = await World.open([stockFiles(SPAN)]);
      const lake = `${world.home}/lake`;
      const { code } = await world.run(["export", DATASET, "--by", by, "--into", lake]);
      assertEquals(code, 0);
      const { rows } = await query(codeOf("sql", lake));
      const want = expected(stockFiles(SPAN)).filter(([date]) => date >= "2024-01-01");
      assertEquals(
        rows.map(([, date, close]) => [date, Number(close)]).sort(),
        want.map(([date, close]) => [date, Number(close)]),
      );
    },
  });

  Deno.test({
    name: `the Python of docs/lake.md finds in a lake by ${by} what the flat files have${without}`,
    ignore: !canRead,
    fn: async () => {
      await using world = await World.open([stockFiles(SPAN)]);
      const lake = `${world.home}/lake`;
      const { code } = await world.run(["export", DATASET, "--by", by, "--into", lake]);
      assertEquals(code, 0);
      const python = codeOf("python", lake).replace(/^spark\..*$/m, "");
      const program = by === "date"
        ? python
        : `import datetime\n${python.replace('"2024-01-01"', "datetime.date(2024, 1, 1)")}`;
      const args = ["-c", COUNTER, program];
      const { stdout } = await new Deno.Command("python3", { args, stderr: "inherit" }).output();
      const all = expected(stockFiles(SPAN));
      const late = all.filter(([date]) => date >= "2024-01-01");
      assertEquals(new TextDecoder().decode(stdout), `${all.length}\n${late.length}\n`);
    },
  });
}

Deno.test({
  name: `DuckDB reads with union_by_name a lake of which a column is wider in one file${word}`,
  ignore: !isThere,
  fn: async () => {
    const files = stockFiles({ from: "2024-01-02", to: "2024-01-03" });
    await using world = await World.open([files]);
    const key = files.keyOf(files.dates[1]!);
    const text = "ticker,transactions,close\nTSLA,1.5,2\n";
    const gzip = new Response(text).body!.pipeThrough(new CompressionStream("gzip"));
    world.s3.objects.put(key, new Uint8Array(await new Response(gzip).arrayBuffer()));
    const lake = `${world.home}/lake`;
    assertEquals((await world.run(["export", DATASET, "--into", lake])).code, 0);
    const { rows } = await query(
      `SELECT transactions FROM read_parquet('${lake}/${DATASET}/**/*.parquet', ` +
        "hive_partitioning = true, union_by_name = true) " +
        "WHERE ticker = 'TSLA' AND date = '2024-01-03'",
    );
    assertEquals(rows, [["1.5"]]);
  },
});

Deno.test({
  name: `pyarrow finds a flipped bit of a page, where it is told to check${without}`,
  ignore: !canRead,
  fn: async () => {
    const files = stockFiles({ from: "2024-01-02", to: "2024-01-02" });
    await using world = await World.open([files]);
    const lake = `${world.home}/lake`;
    assertEquals((await world.run(["export", DATASET, "--into", lake])).code, 0);
    const path = `${lake}/${DATASET}/date=2024-01-02/part.parquet`;
    const whole = await Deno.readFile(path);
    const read = async () => {
      const program = "import sys, pyarrow.parquet as pq\n" +
        "pq.ParquetFile(sys.argv[1], page_checksum_verification=True).read()";
      const args = ["-c", program, path];
      return (await new Deno.Command("python3", { args, stderr: "null" }).output()).success;
    };
    assertEquals(await read(), true);
    await Deno.writeFile(path, whole.map((byte, i) => i === 100 ? byte ^ 1 : byte));
    assertEquals(await read(), false);
  },
});
