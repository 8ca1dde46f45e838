/**
 * The program's standard streams: the only place that touches them. Lines for people go to
 * stderr, above a block that is redrawn there; data go to stdout; answers come from stdin.
 *
 * @module
 */

import {
  type OutputStream,
  Stderr,
  STDOUT,
  StdoutError,
  writeAll,
  writeTextSync,
} from "./output_stream.ts";
import { type Draw, LiveBlock, type Repeater } from "./live_block.ts";
import { asciiOf, defuse } from "../render/style.ts";

/** What is used of `Deno.stdin`. */
export interface InputStream {
  readonly readable: ReadableStream<Uint8Array>;
  isTerminal(): boolean;
}

/** What a terminal is made of. */
export interface TerminalOptions {
  /** @default Deno.stdout */
  readonly stdout?: OutputStream;
  /** @default {Stderr} */
  readonly stderr?: OutputStream;
  /** @default Deno.stdin */
  readonly stdin?: InputStream;
  /** The present width of the screen. @default that of the console, else 80 */
  readonly columns?: () => number;
  /** The present height of the screen. @default that of the console, else 24 */
  readonly rows?: () => number;
  /** The variable `TERM`; on a `dumb` terminal nothing is redrawn. */
  readonly term?: string | undefined;
  /** Whether what is read on stderr, which may be a terminal, is ASCII alone. @default never */
  readonly isAsciiOnly?: (isTerminal: boolean) => boolean;
  /** Only errors are shown. @default false */
  readonly quiet?: boolean;
  /** @default an interval that does not keep the process alive */
  readonly repeat?: Repeater;
}

/**
 * Both streams, for one run. Writes are complete, and those to stderr taken at once. Nothing
 * here throws because stderr cannot be written to: whoever closed it does not want to know.
 */
export class Terminal implements AsyncDisposable {
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #stdin: InputStream;
  readonly #columns: () => number;
  readonly #rows: () => number;
  readonly #quiet: boolean;
  /** Makes a text harmless, and readable there. */
  readonly #clean: (text: string) => string;
  /** Whether `live()` draws: stderr is a terminal that can, and is to show it. */
  readonly drawsLive: boolean;
  readonly #block: LiveBlock;
  /** While a question waits for its answer: the block that is to be shown after it. */
  #question: { draw: Draw | undefined } | undefined;
  #stdoutClosed = false;
  #stderrClosed = false;

  /** Takes the process's own streams unless told otherwise; writes nothing yet. */
  constructor(options: TerminalOptions = {}) {
    this.#stdout = options.stdout ?? STDOUT;
    this.#stderr = options.stderr ?? new Stderr();
    this.#stdin = options.stdin ?? Deno.stdin;
    this.#columns = options.columns ?? (() => consoleSize().columns);
    this.#rows = options.rows ?? (() => consoleSize().rows);
    this.#quiet = options.quiet ?? false;
    const isAsciiOnly = options.isAsciiOnly?.(this.#stderr.isTerminal()) ?? false;
    this.#clean = isAsciiOnly ? (text) => asciiOf(defuse(text)) : defuse;
    this.drawsLive = this.#stderr.isTerminal() && options.term !== "dumb" && !this.#quiet;
    this.#block = new LiveBlock({
      show: (text) => this.#show(text),
      clean: this.#clean,
      columns: this.#columns,
      repeat: options.repeat,
    });
  }

  /** Whether stderr is a terminal. */
  get isTerminal(): boolean {
    return this.#stderr.isTerminal();
  }

  /** Whether `data()` is read on a terminal. */
  get dataIsTerminal(): boolean {
    return this.#stdout.isTerminal();
  }

  /** The size of the screen that stdout is; `undefined` when it is a pipe or a file. */
  get dataScreen(): { readonly columns: number; readonly rows: number } | undefined {
    if (!this.#stdout.isTerminal()) return undefined;
    return { columns: this.#columns(), rows: this.#rows() };
  }

  /** What comes into stdin; whoever reads it, nothing can be asked afterwards. */
  get input(): ReadableStream<Uint8Array> {
    return this.#stdin.readable;
  }

  /** Shows a permanent line, or several, above the block. Nothing when quiet. */
  line(text: string): void {
    if (!this.#quiet) this.#block.print(text);
  }

  /** Shows a permanent line, or several, even when quiet. */
  error(text: string): void {
    this.#block.print(text);
  }

  /**
   * Shows a block and redraws it ten times a second, at the width that the screen then
   * has, until `stop()`. A block that is shown already is replaced. Does nothing
   * unless `drawsLive`; while a question waits, the block waits too.
   */
  live(draw: Draw): void {
    this.stop();
    if (!this.drawsLive) return;
    if (this.#question !== undefined) this.#question.draw = draw;
    else this.#block.start(draw);
  }

  /** Erases the block, leaves the cursor where the block began, and visible. */
  stop(): void {
    if (this.#question !== undefined) this.#question.draw = undefined;
    this.#block.stop();
  }

  /**
   * Asks a question, even when quiet, and returns the line that is typed, empty at an end of
   * input; `undefined`, without asking, when there is nobody: stdin or stderr is no terminal.
   * It can be asked once: what is typed afterwards is not read.
   *
   * An abort rejects with the signal's reason, and leaves the cursor on a line of its own.
   */
  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#stdin.isTerminal() || !this.isTerminal) return undefined;
    const { draw } = this.#block;
    this.stop();
    this.#question = { draw };
    this.#show(this.#clean(question));
    let isLineEnded = false;
    try {
      const line = await readLine(this.#stdin.readable, signal);
      isLineEnded = line.endsWith("\n");
      return line.trimEnd();
    } finally {
      if (!isLineEnded) this.#show("\n");
      const { draw } = this.#question;
      this.#question = undefined;
      if (draw !== undefined) this.live(draw);
    }
  }

  /**
   * Writes the whole chunk to stdout, after ending a block on the same screen.
   * Returns false, now and ever after, when the reader of stdout has gone, as
   * `head` does: stop producing then, it is no error.
   *
   * @throws {StdoutError} when stdout fails otherwise, as on a full disk.
   */
  async data(chunk: string | Uint8Array): Promise<boolean> {
    if (this.#stdout.isTerminal()) this.stop();
    if (this.#stdoutClosed) return false;
    try {
      await this.#stderr.written?.();
      await writeAll(this.#stdout, chunk);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw new StdoutError(error);
      this.#stdoutClosed = true;
    }
    return !this.#stdoutClosed;
  }

  /** Leaves a clean screen, as `stop()` does, and waits until stderr has taken all. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#stderr.written?.();
  }

  #show(text: string): void {
    if (this.#stderrClosed) return;
    try {
      writeTextSync(this.#stderr, text);
    } catch (error) {
      this.#stderrClosed = !(error instanceof Deno.errors.WouldBlock);
    }
  }
}

/** The first line with its end, or without one what comes before the stream ends. */
async function readLine(stream: InputStream["readable"], signal: AbortSignal): Promise<string> {
  const { readChunks } = await import("../../text_file.ts");
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of readChunks(stream, signal)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return /^.*\n?/.exec(text)![0];
}

/** The console's size; where there is none, or it does not know, the usual one. */
function consoleSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}
