/**
 * The bytes of a family's file behind its header, in the format that `family_file.ts` tells.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { join, sealBodies } from "./line.ts";
import { toMember } from "./members.ts";

/** The rows of a ticker. */
export interface TickerRows {
  readonly ticker: string;
  /** As a record has them: a list in the order of their time, as JSON. */
  readonly rowsText: string;
}

/** What else is known of a family in an object. */
export interface FamilyNotes {
  /** Why rows cannot be read, by ticker. */
  readonly failures: Readonly<Record<string, string>>;
  /** What is odd about the object. */
  readonly warning?: string | undefined;
}

/** Characters of a line, unless a single ticker has more. */
const LINE_LENGTH = 1 << 15;

/** Makes all of a file but its header, which whoever reads the object's bytes does not know. */
export class FamilyBody {
  readonly #seed: number;
  readonly #members: Uint8Array[] = [];
  #rows: string[] = [];
  #length = 0;

  constructor(family: string, key: string) {
    this.#seed = familySeed(family, key);
  }

  /** Adds a ticker with at least one row, behind those that come before it in order. */
  add({ ticker, rowsText }: TickerRows): void {
    const text = `${JSON.stringify(ticker)}:${rowsText}`;
    this.#rows.push(text);
    this.#length += text.length;
    if (this.#length >= LINE_LENGTH) this.#endLine();
  }

  /** Ends the file, of which these are the bytes. */
  end({ failures, warning }: FamilyNotes): Uint8Array<ArrayBuffer> {
    if (this.#length > 0) this.#endLine();
    const footer = { lines: this.#members.length, failures, warning };
    this.#push(`{"footer":${JSON.stringify(footer)}`);
    return join(this.#members, this.#members.reduce((sum, { length }) => sum + length, 0));
  }

  #endLine(): void {
    this.#push(`{"rows":{${this.#rows.join(",")}}`);
    [this.#rows, this.#length] = [[], 0];
  }

  #push(body: string): void {
    this.#members.push(toMember(sealBodies([body], this.#seed)));
  }
}

/** What the lines behind the header are sealed with. */
export function familySeed(family: string, key: string): number {
  return crc32(`${family} ${key}`);
}
