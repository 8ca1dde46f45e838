/**
 * A record: one object's version and the rows of one ticker in it, possibly none.
 *
 * In a line it is `{"key":"…","size":221141,"etag":"…","rows":[[…],…]`, its members in this
 * order and without white space; `line.ts` seals it. The numbers of the rows may have any
 * form that JSON allows.
 *
 * @module
 */

/** Numbers of one row, in an order that the kind of row defines. */
export type Row = readonly (number | null)[];

/** What is kept of one object for one ticker. */
export interface ObjectRecord {
  /** The object's key in the bucket. */
  readonly key: string;
  /** Bytes of the object. */
  readonly size: number;
  /** The ETag that names its version. */
  readonly etag: string;
  /** The ticker's rows in it, in the file's order. */
  readonly rows: readonly Row[];
}

/** What all records of one object have in common, which is written down once for all. */
export class RecordHead {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  #text: string | undefined;

  /** What is given here is written down as it is. */
  constructor({ key, size, etag }: Omit<ObjectRecord, "rows">) {
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
  /** The rows as JSON. */
  readonly rowsText: string;

  constructor(head: RecordHead, rowsText: string) {
    this.head = head;
    this.rowsText = rowsText;
  }

  /** The same record, with its rows as text. */
  static of(record: ObjectRecord): KeptRecord {
    return record instanceof KeptRecord
      ? record
      : new KeptRecord(new RecordHead(record), JSON.stringify(record.rows));
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

  get rows(): readonly Row[] {
    return JSON.parse(this.rowsText);
  }

  /** How many rows there are. */
  get rowCount(): number {
    if (this.rowsText === "[]") return 0;
    let count = 0;
    for (let at = 1; at !== -1; at = this.rowsText.indexOf("[", at + 1)) count++;
    return count;
  }

  /** The record's line up to its seal. */
  toBody(): string {
    return this.head.text + this.rowsText;
  }

  /** The record in a line up to its seal, or `undefined` when that is no record. */
  static fromBody(body: string): KeptRecord | undefined {
    const [head, key, size, etag] = HEAD.exec(body) ?? [];
    if (head === undefined) return undefined;
    const version = { key: JSON.parse(key!), size: Number(size), etag: JSON.parse(etag!) };
    const rowsText = body.slice(head.length);
    return isSize(version.size) && ROWS.test(rowsText)
      ? new KeptRecord(new RecordHead(version), rowsText)
      : undefined;
  }
}

const HEAD = /^\{"key":("(?:[^"\\]|\\.)*"),"size":(\d{1,16}),"etag":("(?:[^"\\]|\\.)*"),"rows":/;

/** Lists of numbers and nulls, by the characters that they are made of. */
const ROWS = /^\[(?:\[[-+.0-9eE,nul]*\],?)*\]$/;

/**
 * The record that a caller holds, or `undefined` when that is none: a number that is not
 * finite, for instance, could not be written down.
 */
export function asRecord(value: ObjectRecord): ObjectRecord | undefined {
  const { key, size, etag, rows } = value as Readonly<Record<keyof ObjectRecord, unknown>>;
  if (typeof key !== "string" || typeof etag !== "string") return undefined;
  if (
    !isSize(size) || !Array.isArray(rows) || !rows.every(isRow)
  ) return undefined;
  return { key, size, etag, rows };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) &&
    row.every((value) => value === null || Number.isFinite(value));
}
