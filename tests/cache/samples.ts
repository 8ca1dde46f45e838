/**
 * What the tests of the cache share: a directory for a while, and a process beside this one.
 *
 * @module
 */

import { shareOf } from "../share.ts";
import { fileURLToPath } from "node:url";
import { EntryFile, type EntryIdentity } from "../../lib/cache/entry.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { type JournalContent, readJournal } from "../../lib/cache/journal.ts";
import type { KeptRecord } from "../../lib/cache/record.ts";
import { SAMPLE_IDENTITY, sampleRecord } from "../../fixtures/make_journals.ts";

/** The first `count` sample records. */
export function sampleRecords(count: number): KeptRecord[] {
  return Array.from({ length: count }, (_, n) => sampleRecord(n));
}

/** Runs with a new directory, which is removed afterwards. */
export async function withDirectory(
  run: (path: string) => Promise<void>,
  { dir }: { dir?: string } = {},
): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "flatfetch-", ...(dir && { dir }) });
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** Below `/dev`, where files in memory are, Deno lets nothing be permitted by its path. */
export const PERMITTED: { dir?: string } = Deno.build.os === "linux" ? { dir: "/var/tmp" } : {};

/** What a journal holds; it has to be there. */
export async function readSample(path: string): Promise<JournalContent> {
  const content = await readJournal(path);
  if (content === undefined || content === "foreign") throw new Error(`no journal: ${content}`);
  return content;
}

/** Appends records as a run does. */
export async function appendAll(path: string, records: Iterable<KeptRecord>): Promise<void> {
  await using writer = await JournalWriter.open(path, SAMPLE_IDENTITY);
  for (const record of records) writer.append([record]);
}

/** All of an entry; `undefined` when there is none, or no header of it. */
export async function readEntry(path: string): Promise<EntryContent | undefined> {
  using entry = EntryFile.open(path);
  if (entry === undefined) return undefined;
  const found = (await Array.fromAsync(entry.records())).flat();
  const records = new Map(found.map((record) => [record.key, record]));
  const { of, isWhole: whole, bytes } = entry;
  return of && { of, records, whole, bytes };
}

/** What was read of an entry. */
export interface EntryContent {
  readonly of: EntryIdentity;
  /** The valid records, by key. */
  readonly records: Map<string, KeptRecord>;
  readonly whole: boolean;
  readonly bytes: number;
}

/** The names in a directory, sorted. */
export async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}

/**
 * Starts a module of this folder with a directory as its argument, and permission to read
 * and write that alone; `through` is a command that starts it.
 */
export function startScript(
  name: string,
  directory: string,
  { through = [] }: { through?: readonly string[] } = {},
): Deno.ChildProcess {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const permissions = [`--allow-read=${directory}`, `--allow-write=${directory}`];
  const run = ["run", "--no-prompt", "--no-check", ...permissions, script, directory];
  const [command, ...args] = [...through, Deno.execPath(), ...run];
  return new Deno.Command(command!, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** The first line that a process writes. */
export async function firstLine(process: Deno.ChildProcess): Promise<string> {
  const lines = process.stdout.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const chunk of lines) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0]!;
}

/** Whether an external program is there and does what it is asked for. */
export function works(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Numbers of bits to flip in so many bytes: a sample of each place in a byte, or in torture all. */
export function bitsIn(length: number): number[] {
  return shareOf(Array.from({ length: length * 8 }, (_, i) => i), 17);
}
