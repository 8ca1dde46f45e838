/**
 * A block of lines at the lower end of a screen that is redrawn again and again, and the lines that
 * are printed above it.
 *
 * @module
 */

/** The lines of a block, none wider than `width` columns. */
export type Draw = (width: number) => readonly string[];

/** Calls `run` again and again; disposing it ends that. */
export type Repeater = (run: () => void, everyMs: number) => Disposable;

/** Where a block is shown. */
export interface BlockScreen {
  /** Writes a text as it is. */
  readonly show: (text: string) => void;
  /** Makes a text harmless, and readable there. */
  readonly clean: (text: string) => string;
  /** The present width. */
  readonly columns: () => number;
  /** @default an interval that does not keep the process alive */
  readonly repeat: Repeater | undefined;
}

const FRAME_MS = 100;
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const ERASE_BELOW = "\r\x1b[J";
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/**
 * At most one block. Between two frames the cursor stands at its upper left corner, where it stays
 * when the terminal is resized and moves its lines about; so erasing what is below it always erases
 * the block and nothing else.
 */
export class LiveBlock {
  readonly #screen: BlockScreen;
  #shown: { readonly draw: Draw; readonly timer: Disposable; frame: string } | undefined;

  constructor(screen: BlockScreen) {
    this.#screen = screen;
  }

  /** What draws the block that is shown. */
  get draw(): Draw | undefined {
    return this.#shown?.draw;
  }

  /** Shows a block, where none is shown. */
  start(draw: Draw): void {
    const { show, repeat = repeatInBackground } = this.#screen;
    const timer = repeat(() => this.#redraw(), FRAME_MS);
    this.#shown = { draw, timer, frame: "" };
    show(HIDE_CURSOR);
    this.#redraw();
  }

  /** Erases the block, leaves the cursor where it began, and visible. */
  stop(): void {
    if (this.#shown === undefined) return;
    this.#shown.timer[Symbol.dispose]();
    this.#shown = undefined;
    this.#screen.show(ERASE_BELOW + SHOW_CURSOR);
  }

  /** Shows a permanent line, or several, above the block. */
  print(text: string): void {
    const { show, clean } = this.#screen;
    const line = `${clean(text)}\n`;
    if (this.#shown === undefined) return show(line);
    this.#shown.frame = this.#frame(this.#shown.draw);
    show(ERASE_BELOW + line + this.#shown.frame);
  }

  #redraw(): void {
    if (this.#shown === undefined) return;
    const frame = this.#frame(this.#shown.draw);
    if (frame === this.#shown.frame) return;
    this.#shown.frame = frame;
    this.#screen.show(ERASE_BELOW + frame);
  }

  /** A block that cannot be drawn is empty: a timer has nobody to throw to. */
  #frame(draw: Draw): string {
    const { clean, columns } = this.#screen;
    try {
      const lines = draw(Math.max(1, columns())).map(clean);
      const back = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
      return `${NO_WRAP}${lines.join("\r\n")}${WRAP}${back}\r`;
    } catch {
      return "";
    }
  }
}

function repeatInBackground(run: () => void, everyMs: number): Disposable {
  const timer = setInterval(run, everyMs);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
