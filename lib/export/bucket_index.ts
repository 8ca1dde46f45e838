/**
 * What a bucket's objects were made of, in one small object a year, so that nobody has to ask for
 * each object's metadata.
 *
 * An entry counts if and only if its ETag and size are those of the listing. What has no such entry
 * is asked for, so an index that is lost, old or damaged costs requests and nothing else.
 *
 *     {"format":1,"objects":{"date=2024-03-07/part.parquet":["ETAG",SIZE,"MARK" or null], …}}
 *
 * It stands in the dataset as `_flatfetch/2024.json`; readers of lakes pass over such names.
 * A year of dates takes 40 kB, so a run over five years reads five; by months it would be sixty.
 *
 * @module
 */

const FORMAT = 1;
const FOLDER = "_flatfetch/";

/** What the index knows of an object. */
export interface IndexEntry {
  readonly etag: string;
  readonly size: number;
  /** `undefined` when the object has none. */
  readonly mark: string | undefined;
}

/** The entries of an index object, by the objects' paths in the dataset. */
export type IndexEntries = Map<string, IndexEntry>;

/** The path in the dataset of the index that an object belongs to. */
export function indexPathOf(path: string): string {
  const [, year = "other"] = /^(?:(?:date|month)=)?(\d{4})[-/]/.exec(path) ?? [];
  return `${FOLDER}${year}.json`;
}

/** Whether a path in a dataset is that of this program's own notes. */
export function isIndexPath(path: string): boolean {
  return path.startsWith(FOLDER);
}

/** The entries of an index; none of what is no index of this format. */
export function parseIndex(bytes: Uint8Array): IndexEntries {
  try {
    const { format, objects } = JSON.parse(new TextDecoder().decode(bytes));
    if (format !== FORMAT) return new Map();
    return new Map(
      Object.entries(objects).filter(([, entry]) => isEntry(entry)).map(([path, entry]) => {
        const [etag, size, mark] = entry as [string, number, string | null];
        return [path, { etag, size, mark: mark ?? undefined }];
      }),
    );
  } catch {
    return new Map();
  }
}

/** An index as {@linkcode parseIndex} reads it. */
export function writeIndex(entries: IndexEntries): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort(([a], [b]) => a < b ? -1 : 1);
  const lines = sorted.map(([path, { etag, size, mark }]) =>
    `${JSON.stringify(path)}:${JSON.stringify([etag, size, mark ?? null])}`
  );
  return new TextEncoder().encode(
    `{"format":${FORMAT},"objects":{\n${lines.join(",\n")}\n}}\n`,
  );
}

function isEntry(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 3) return false;
  const [etag, size, mark] = entry;
  return typeof etag === "string" && typeof size === "number" &&
    (mark === null || typeof mark === "string");
}
