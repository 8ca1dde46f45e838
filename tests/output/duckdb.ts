/**
 * DuckDB, as a reader that nobody here wrote.
 *
 * @module
 */

/**
 * Runs a query and prints its rows as JSON, numbers as text with all their digits. DuckDB is
 * loaded by a process of its own: it is large, native, and no part of this project's lock file.
 */
const PROGRAM = `
  import { DuckDBInstance } from "npm:@duckdb/node-api@1.5.6-r.1";
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const reader = await connection.runAndReadAll(Deno.args[0]);
  const toText = (value) => value === null ? null : Object.is(value, -0) ? "-0" : String(value);
  console.log(JSON.stringify(reader.getRows().map((row) => row.map(toText))));
`;

/** The rows of a query, if DuckDB can be loaded here. */
export async function query(sql: string): Promise<{ isDone: boolean; rows: (string | null)[][] }> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--no-lock", PROGRAM, sql],
    cwd: import.meta.dirname!,
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  return { isDone: success, rows: success ? JSON.parse(new TextDecoder().decode(stdout)) : [] };
}

/** Whether it can. */
export const isThere = (await query("SELECT 1")).isDone;
/** What the name of a test says where it cannot. */
export const word = isThere ? "" : " (skipped: DuckDB cannot be loaded here)";
