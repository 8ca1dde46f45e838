/**
 * A record: one object's version and the rows of one ticker in it, possibly none.
 *
 * In a line it is `{"key":"…","size":221141,"etag":"…","rows":[[…],…]`, its members in this
 * order and without white space; `line.ts` seals it. A row has numbers, in any form that JSON
 * allows, and `null`s. Behind the rows may follow `,"failure":"…"`, then `,"warning":"…"`.
 *
 * @module
 */

import type { ObjectVersion } from "../dated_object.ts";

/** Numbers of one row, in an order that the kind of row defines. */
export type Row = readonly (number | null)[];

/** What is kept of one object for one ticker. */
export interface ObjectRecord extends ObjectVersion {
  /** The ticker's rows in it, in the file's order. */
  readonly rows: readonly Row[];
  /** Why the ticker's rows cannot be read, of which there are none then. */
  readonly failure?: string | undefined;
  /** What is odd about the object, whichever ticker is looked for in it. */
  readonly warning?: string | undefined;
}

/** The rows of a ticker as a record's line has them, with what else is known. */
export function contentText(
  rows: string,
  { failure, warning }: Pick<ObjectRecord, "failure" | "warning">,
): string {
  const failed = failure === undefined ? "" : `,"failure":${JSON.stringify(failure)}`;
  const warned = warning === undefined ? "" : `,"warning":${JSON.stringify(warning)}`;
  return rows + failed + warned;
}

/** What all records of one object have in common, which is written down once for all. */
export class RecordHead {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  #text: string | undefined;

  /** What is given here is written down as it is. */
  constructor({ key, size, etag }: ObjectVersion) {
    this.key = key;
    this.size = size;
    this.etag = etag;
  }

  /** The beginning of each record's line, up to its rows. */
  get text(): string {
    const { key, size, etag } = this;
    return this.#text ??= `{"key":${JSON.stringify(key)},"size":${size},"etag":${
      JSON.stringify(etag)
    },"rows":`;
  }
}

/**
 * A record whose rows stay JSON until somebody asks for them, each time anew: most records
 * of a run are only compared, written and read back, and text takes the least of memory.
 */
export class KeptRecord implements ObjectRecord {
  readonly head: RecordHead;
  /** The rows as JSON, with what follows them in the line. */
  readonly content: string;

  constructor(head: RecordHead, content: string) {
    this.head = head;
    this.content = content;
  }

  /** The same record, with its rows as text. */
  static of(record: ObjectRecord): KeptRecord {
    return record instanceof KeptRecord
      ? record
      : new KeptRecord(new RecordHead(record), contentText(JSON.stringify(record.rows), record));
  }

  get key(): string {
    return this.head.key;
  }

  get size(): number {
    return this.head.size;
  }

  get etag(): string {
    return this.head.etag;
  }

  /** The rows as JSON. */
  get rowsText(): string {
    return this.content.slice(0, this.#rowsEnd);
  }

  get rows(): readonly Row[] {
    return JSON.parse(this.rowsText);
  }

  get failure(): string | undefined {
    return this.#more?.failure;
  }

  get warning(): string | undefined {
    return this.#more?.warning;
  }

  /** Whether the object has the ticker, be it in rows that cannot be read. */
  get hasTicker(): boolean {
    return this.rowsText !== "[]" || this.failure !== undefined;
  }

  /** The record's line up to its seal. */
  toBody(): string {
    return this.head.text + this.content;
  }

  /** The record in a line up to its seal, or `undefined` when that is no record. */
  static fromBody(body: string): KeptRecord | undefined {
    const [head, key, size, etag] = HEAD.exec(body) ?? [];
    if (head === undefined) return undefined;
    const version = { key: JSON.parse(key!), size: Number(size), etag: JSON.parse(etag!) };
    const content = body.slice(head.length);
    return isSize(version.size) && isContent(content)
      ? new KeptRecord(new RecordHead(version), content)
      : undefined;
  }

  /** Where the rows end; most records have nothing else. */
  get #rowsEnd(): number {
    const content = this.content;
    return content.endsWith("]") ? content.length : content.indexOf(',"');
  }

  get #more(): Pick<ObjectRecord, "failure" | "warning"> | undefined {
    const text = this.content.slice(this.#rowsEnd + 1);
    return text === "" ? undefined : JSON.parse(`{${text}}`);
  }
}

const HEAD = /^\{"key":("(?:[^"\\]|\\.)*"),"size":(\d{1,16}),"etag":("(?:[^"\\]|\\.)*"),"rows":/;

/** What may follow the rows. */
const MORE = /^(?:,"failure":"(?:[^"\\]|\\.)*")?(?:,"warning":"(?:[^"\\]|\\.)*")?$/;

const NUMBER = "-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?";
const VALUE = `(?:${NUMBER}|null)`;
const ROW = new RegExp(`\\[(?:${VALUE}(?:,${VALUE})*)?\\]`, "y");

/** Whether a text is a list of rows and what may follow it. A row at a time: there may be millions. */
function isContent(text: string): boolean {
  let end = text.startsWith("[]") ? 1 : 0;
  while (end === 0 || text[end] === ",") {
    ROW.lastIndex = end + 1;
    if (!ROW.test(text)) return false;
    end = ROW.lastIndex;
  }
  if (text[0] !== "[" || text[end] !== "]") return false;
  return end + 1 === text.length || MORE.test(text.slice(end + 1));
}

/**
 * The record that a caller holds, or `undefined` when that is none: a number that is not
 * finite, for instance, could not be written down.
 */
export function asRecord(value: ObjectRecord): ObjectRecord | undefined {
  const { key, size, etag, rows, failure, warning } = value as Readonly<
    Record<keyof ObjectRecord, unknown>
  >;
  if (typeof key !== "string" || typeof etag !== "string") return undefined;
  if (!isSize(size) || !Array.isArray(rows) || !rows.every(isRow)) return undefined;
  if (!isText(failure) || !isText(warning)) return undefined;
  return toObjectRecord({ key, size, etag, rows, failure, warning });
}

/** The plain record of one, without what it has nothing to say of. */
export function toObjectRecord(
  { key, size, etag, rows, failure, warning }: ObjectRecord,
): ObjectRecord {
  const failed = failure === undefined ? {} : { failure };
  const warned = warning === undefined ? {} : { warning };
  return { key, size, etag, rows, ...failed, ...warned };
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) &&
    row.every((value) => value === null || Number.isFinite(value));
}
