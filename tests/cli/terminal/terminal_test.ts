import { assertEquals, assertRejects } from "@std/assert";
import { type OutputStream, StdoutError } from "../../../lib/cli/terminal/output_stream.ts";
import { Terminal, type TerminalOptions } from "../../../lib/cli/terminal/terminal.ts";
import { Screen } from "./screen.ts";

/** A stream that is no terminal and may fail. */
class Pipe implements OutputStream {
  text = "";
  fail: (() => void) | undefined;

  isTerminal(): boolean {
    return false;
  }

  async write(bytes: Uint8Array): Promise<number> {
    return await Promise.resolve(this.writeSync(bytes));
  }

  writeSync(bytes: Uint8Array): number {
    this.fail?.();
    this.text += new TextDecoder().decode(bytes.subarray(0, 3));
    return Math.min(3, bytes.length);
  }
}

/** A terminal whose timer is a function. */
function open(options: TerminalOptions = {}) {
  const screen = new Screen(20);
  const stdout = new Pipe();
  const timers = new Set<() => void>();
  const terminal = new Terminal({
    stdout,
    stderr: screen,
    columns: () => screen.columns,
    repeat: (run, everyMs) => {
      assertEquals(everyMs, 100);
      timers.add(run);
      return { [Symbol.dispose]: () => void timers.delete(run) };
    },
    ...options,
  });
  const tick = () => timers.forEach((run) => run());
  return { terminal, screen, stdout, timers, tick };
}

function assertClean(screen: Screen, lines: readonly string[]) {
  assertEquals(screen.lines, lines);
  assertEquals(screen.cursor, { row: lines.length, column: 0 });
  assertEquals(screen.cursorVisible, true);
}

Deno.test("Terminal redraws a block in place, below the permanent lines", () => {
  const { terminal, screen, tick } = open();
  let n = 0;
  terminal.line("before");
  terminal.live((width) => [`${n} of ${width}`, "second"]);
  assertEquals(screen.lines, ["before", "0 of 20", "second"]);
  assertEquals(screen.cursorVisible, false);
  n = 1;
  tick();
  assertEquals(screen.lines, ["before", "1 of 20", "second"]);
  n = 2;
  terminal.line("a warning that is wider than the screen");
  assertEquals(screen.lines, [
    "before",
    "a warning that is wi",
    "der than the screen",
    "2 of 20",
    "second",
  ]);
  terminal.stop();
  assertClean(screen, ["before", "a warning that is wi", "der than the screen"]);
});

Deno.test("Terminal writes these sequences and no others", () => {
  const pipe = new Pipe();
  const stderr = Object.assign(pipe, { isTerminal: () => true });
  const { terminal } = open({ stderr });
  terminal.live(() => ["a", "b"]);
  assertEquals(
    pipe.text,
    "\x1b[?25l\r\x1b[J\x1b[?7la\r\nb\x1b[?7h\x1b[1A\r",
  );
  pipe.text = "";
  terminal.stop();
  terminal.stop();
  assertEquals(pipe.text, "\r\x1b[J\x1b[?25h");
});

Deno.test("Terminal writes nothing when nothing has changed", () => {
  const { terminal, screen, tick } = open();
  terminal.live(() => ["still"]);
  const { writes } = screen;
  tick();
  tick();
  assertEquals(screen.writes, writes);
  terminal.stop();
});

Deno.test("Terminal keeps a block whole through every resize", () => {
  for (const resize of ["reflow", "cut"] as const) {
    const { terminal, screen, tick } = open();
    terminal.line("above");
    const draw = (width: number) => ["#".repeat(width), "=".repeat(width)];
    terminal.live(draw);
    for (const columns of [7, 40, 5, 11, 200, 6]) {
      screen[resize](columns);
      tick();
      assertEquals(screen.lines, ["above", ...draw(columns)], resize);
    }
    terminal.stop();
    assertClean(screen, ["above"]);
  }
});

Deno.test("Terminal leaves a clean screen when the work throws", async () => {
  const { terminal, screen, timers } = open();
  await assertRejects(async () => {
    await using owned = terminal;
    owned.live(() => ["working"]);
    throw new Error("broken");
  });
  assertClean(screen, []);
  assertEquals(timers.size, 0);
});

Deno.test("Terminal replaces a block, and shows none that cannot be drawn", () => {
  const { terminal, screen, timers, tick } = open();
  terminal.live(() => ["one", "two"]);
  let broken = false;
  terminal.live(() => {
    if (broken) throw new Error("no");
    return ["three"];
  });
  assertEquals([screen.lines, timers.size], [["three"], 1]);
  broken = true;
  tick();
  assertEquals(screen.lines, []);
  terminal.stop();
  assertClean(screen, []);
});

Deno.test("Terminal does not redraw in a pipe, on a dumb terminal, or when quiet", () => {
  const pipe = new Pipe();
  for (const options of [{ stderr: pipe }, { term: "dumb" }, { quiet: true }]) {
    const { terminal, screen, timers } = open(options);
    assertEquals(terminal.drawsLive, false);
    terminal.live(() => ["never"]);
    assertEquals([screen.lines, timers.size], [[], 0]);
    terminal.stop();
  }
  assertEquals(pipe.text, "");
});

Deno.test("Terminal shows only errors when quiet", () => {
  const { terminal, screen } = open({ quiet: true });
  terminal.line("said");
  terminal.error("wrong");
  assertClean(screen, ["wrong"]);
});

Deno.test("Terminal lets no control sequence through but colors", () => {
  const { terminal, screen } = open();
  terminal.line("\x1b[32mgood\x1b[39m\x1b[2J");
  terminal.live(() => ["a\rb\x9b"]);
  assertEquals(screen.lines, ["good\\u{1b}[2J", "a\\u{d}b\\u{9b}"]);
  terminal.stop();
});

Deno.test("Terminal.data() writes every byte, through short writes", async () => {
  const { terminal, stdout, screen } = open();
  assertEquals(await terminal.data("symbol,date\n"), true);
  assertEquals(await terminal.data(new TextEncoder().encode("TSLA\n")), true);
  assertEquals(stdout.text, "symbol,date\nTSLA\n");
  assertClean(screen, []);
});

/** Deno's standard output on a non-blocking pipe: a buffer that lines pass by. */
class FullPipe extends Pipe {
  #buffer: number[] = [];

  /** @param room how many bytes the pipe takes at the n-th asking; 0 refuses. */
  constructor(readonly room: (n: number) => number) {
    super();
  }

  isNonBlocking() {
    return true;
  }

  override writeSync(bytes: Uint8Array): number {
    const lf = bytes.lastIndexOf(10);
    if (lf === -1) {
      if (this.#buffer.length + bytes.length > 1_024) this.#flush();
      this.#buffer.push(...bytes);
      this.#flush();
      return bytes.length;
    }
    this.#flush();
    const passed = this.#take(bytes.subarray(0, lf + 1));
    const tail = bytes.subarray(
      passed,
      Math.min(passed > lf ? bytes.length : lf + 1, passed + 1_024),
    );
    this.#buffer.push(...tail);
    this.#flush();
    return passed + tail.length;
  }

  #flush() {
    while (this.#buffer.length > 0) this.#buffer.splice(0, this.#take(this.#buffer));
  }

  #asked = 0;

  #take(bytes: ArrayLike<number>): number {
    const taken = Array.from(bytes).slice(0, this.room(this.#asked++));
    if (taken.length === 0) throw new Deno.errors.WouldBlock("full");
    this.text += String.fromCharCode(...taken);
    return taken.length;
  }
}

Deno.test("Terminal.data() gives a non-blocking pipe every byte once, however often it is full", async () => {
  const text = ["a,b\n", "c".repeat(2_500), "\n\n", "d\n".repeat(9), "e".repeat(999), "f"].join("");
  for (const room of [1, 3, 7, 100, 4_096]) {
    const stdout = new FullPipe((n) => n % 40 === 39 ? 0 : room);
    await open({ stdout }).terminal.data(text);
    assertEquals(stdout.text, text, `${room} bytes at a time`);
  }
});

Deno.test("Terminal.data() says that the reader has gone", async () => {
  const { terminal, stdout } = open();
  stdout.fail = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  assertEquals(await terminal.data("a"), false);
  stdout.fail = undefined;
  assertEquals(await terminal.data("b"), false);
  assertEquals(stdout.text, "");
});

Deno.test("Terminal.data() throws what else is wrong with stdout", async () => {
  const { terminal, stdout } = open();
  stdout.fail = () => {
    throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  };
  const error = await assertRejects(() => terminal.data("a"), StdoutError);
  assertEquals(error.message, "Cannot write to standard output: No space left on device");
  assertEquals(error.code, "ENOSPC");
  stdout.fail = undefined;
  assertEquals(await terminal.data("b"), true);
});

Deno.test("Terminal.data() ends a block on the same screen, and no other", async () => {
  const { terminal, screen } = open();
  terminal.live(() => ["working"]);
  await terminal.data("to a pipe\n");
  assertEquals(screen.lines, ["working"]);
  terminal.stop();
  const shared = new Screen(20);
  const same = open({ stdout: shared, stderr: shared }).terminal;
  same.live(() => ["working"]);
  await same.data("to the screen\n");
  assertClean(shared, ["to the screen"]);
});

Deno.test("Terminal ignores that nobody reads stderr", () => {
  const stderr = new Pipe();
  const { terminal } = open({ stderr });
  stderr.fail = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  terminal.error("lost");
  stderr.fail = undefined;
  terminal.error("lost too");
  assertEquals(stderr.text, "");
});

Deno.test("Terminal stands still for a full stderr that does not wait itself, but not for ever", () => {
  const stderr = new Pipe();
  const { terminal } = open({ stderr });
  let refusals = 0;
  stderr.fail = () => {
    refusals++;
    throw new Deno.errors.WouldBlock("full");
  };
  terminal.error("lost");
  assertEquals(refusals, 101);
  stderr.fail = undefined;
  terminal.error("shown");
  assertEquals(stderr.text, "shown\n");
});

Deno.test("Terminal knows whether its data are read on a terminal", () => {
  for (const isTerminal of [true, false]) {
    const stdout = Object.assign(new Pipe(), { isTerminal: () => isTerminal });
    assertEquals(open({ stdout }).terminal.dataIsTerminal, isTerminal);
  }
});

Deno.test("Terminal ends its own timer", () => {
  const screen = new Screen(20);
  const terminal = new Terminal({ stderr: screen, columns: () => 20 });
  terminal.live(() => ["working"]);
  terminal.stop();
  assertClean(screen, []);
});

Deno.test("Terminal shows ASCII alone where nothing else can be read, data as they are", async () => {
  const { terminal, screen, stdout } = open({ isAsciiOnly: (isTerminal) => isTerminal });
  terminal.line("é…");
  terminal.error("日");
  await terminal.data("日");
  assertEquals([screen.lines, stdout.text], [["\\u{e9}...", "\\u{65e5}"], "日"]);
  const pipe = new Pipe();
  new Terminal({ stderr: pipe, isAsciiOnly: (isTerminal) => isTerminal }).line("é");
  assertEquals(pipe.text, "é\n");
});
