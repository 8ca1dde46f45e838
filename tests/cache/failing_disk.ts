/**
 * A disk that fails: stands in for the system's calls that change the disk.
 *
 * @module
 */

/** How the disk fails. */
export interface Failure {
  /** The call that fails, counted from 0. */
  readonly at: number;
  /** Only calls of this name count and fail. @default {every call that changes the disk} */
  readonly call?: string;
  /** Whether all later calls fail as well, as on a disk that stays full. @default {false} */
  readonly forGood?: boolean;
  /** Whether a failing write takes half of the bytes first. @default {false} */
  readonly short?: boolean;
}

// deno-lint-ignore no-explicit-any
type Call = (this: any, ...args: any[]) => any;

const OF_FILE = ["write", "writeSync", "sync", "syncData", "truncate", "truncateSync"];
const OF_SYSTEM = ["open", "openSync", "rename", "renameSync", "mkdir", "remove", "chmodSync"];

/** Makes calls fail until it is disposed of. */
export class FailingDisk implements Disposable {
  /** Calls so far. */
  calls = 0;
  /** Their names. */
  readonly names: string[] = [];
  readonly #failure: Failure;
  readonly #undo: (() => void)[] = [];
  #isHalfWritten = false;

  constructor(failure: Failure) {
    this.#failure = failure;
    this.#replace(Deno.FsFile.prototype, OF_FILE);
    this.#replace(Deno, OF_SYSTEM);
  }

  [Symbol.dispose]() {
    for (const undo of this.#undo) undo();
  }

  #replace(target: object, names: readonly string[]) {
    const calls = target as Record<string, Call>;
    for (const name of names) {
      const original = calls[name]!;
      const decide = (args: unknown[]) => this.#decide(name, args);
      calls[name] = function (...args) {
        const verdict = decide(args);
        if (verdict instanceof Error) return fail(name, verdict);
        return original.apply(this, verdict);
      };
      this.#undo.push(() => void (calls[name] = original));
    }
  }

  /** The arguments to go on with, or what to fail with. */
  #decide(name: string, args: unknown[]): unknown[] | Error {
    const { at, call = name, forGood = false, short = false } = this.#failure;
    if (call !== name || name.startsWith("open") && !isWriting(args[1])) return args;
    const now = this.calls++;
    this.names.push(name);
    const isFailing = this.#isHalfWritten || now === at || forGood && now > at;
    if (!isFailing) return args;
    this.#isHalfWritten = short && name.startsWith("write") && !this.#isHalfWritten;
    if (!this.#isHalfWritten) return noSpace();
    const bytes = args[0] as Uint8Array;
    return [bytes.subarray(0, Math.ceil(bytes.length / 2))];
  }
}

function isWriting(options: unknown): boolean {
  return (options as Deno.OpenOptions | undefined)?.write === true;
}

function fail(name: string, error: Error) {
  if (name.endsWith("Sync")) throw error;
  return Promise.reject(error);
}

function noSpace(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}
