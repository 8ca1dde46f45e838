import { assert, assertEquals, assertRejects } from "@std/assert";
import { confirmOn } from "../../../lib/cli/terminal/confirm.ts";
import type { InputStream } from "../../../lib/cli/terminal/terminal.ts";
import { Terminal } from "../../../lib/cli/terminal/terminal.ts";
import { Screen } from "./screen.ts";

const { signal } = new AbortController();

/** What is typed, in the pieces in which it arrives; without `end` nothing comes after it. */
function typing(pieces: readonly string[], { isTerminal = true, end = true } = {}): InputStream {
  const encoder = new TextEncoder();
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (end) controller.close();
    },
  });
  return { readable, isTerminal: () => isTerminal };
}

function open(stdin: InputStream, options: { quiet?: boolean } = {}) {
  const screen = new Screen(60);
  const timers = new Set<() => void>();
  const terminal = new Terminal({
    stdin,
    stderr: screen,
    columns: () => screen.columns,
    repeat: (run) => {
      timers.add(run);
      return { [Symbol.dispose]: () => void timers.delete(run) };
    },
    ...options,
  });
  return { terminal, screen, tick: () => timers.forEach((run) => run()) };
}

Deno.test("Terminal.ask() returns the line that is typed, in whatever pieces it comes", async () => {
  const rows = [[["y\n"], "y"], [["ye", "s\r\n", "more"], "yes"], [["\n"], ""], [
    ["n"],
    "n",
  ]] as const;
  for (const [pieces, line] of [...rows, [[], ""] as const]) {
    const { terminal, screen } = open(typing(pieces));
    assertEquals(await terminal.ask("Go? ", signal), line);
    assertEquals(screen.lines, ["Go?"]);
  }
});

Deno.test("Terminal.ask() asks nobody where there is no terminal, and asks when quiet", async () => {
  const { terminal, screen } = open(typing(["y\n"], { isTerminal: false }));
  assertEquals([await terminal.ask("Go? ", signal), screen.lines], [undefined, []]);
  const quiet = open(typing(["y\n"]), { quiet: true });
  assertEquals([await quiet.terminal.ask("Go? ", signal), quiet.screen.lines], ["y", ["Go?"]]);
});

Deno.test("Terminal.ask() is not drawn over; the block comes back after the answer", async () => {
  const { terminal, screen, tick } = open(typing(["y\n"]));
  terminal.live(() => ["first"]);
  const answer = terminal.ask("Go? ", signal);
  tick();
  assertEquals([screen.lines, screen.cursorVisible], [["Go?"], true]);
  terminal.live(() => ["second"]);
  tick();
  assertEquals([screen.lines, screen.cursorVisible], [["Go?"], true]);
  // The terminal shows what is typed.
  screen.writeSync(new TextEncoder().encode("y\r\n"));
  assertEquals(await answer, "y");
  assertEquals([screen.lines, screen.cursorVisible], [["Go? y", "second"], false]);
  terminal.stop();
  assertEquals([screen.lines, screen.cursorVisible], [["Go? y"], true]);
});

Deno.test("Terminal.ask() rejects with an abort's reason, on a clean line, and draws no more", async () => {
  const controller = new AbortController();
  const { terminal, screen, tick } = open(typing([], { end: false }));
  terminal.live(() => ["block"]);
  const answer = terminal.ask("Go? ", controller.signal);
  terminal.stop();
  controller.abort(new Error("enough"));
  await assertRejects(() => answer, Error, "enough");
  tick();
  assertEquals([screen.lines, screen.cursor], [["Go?"], { row: 1, column: 0 }]);
});

Deno.test("confirmOn() takes y and yes for a yes, and everything else for a no", async () => {
  const asked: string[] = [];
  const confirmed = async (answer: string | undefined, yes = false) => {
    const terminal = {
      line: (text: string) => void asked.push(text),
      ask: (question: string) => {
        asked.push(question);
        return Promise.resolve(answer);
      },
    };
    const style = { signs: true, color: false };
    return await confirmOn({ terminal, style, signal }, { yes })({ files: 1255, bytes: 23.4e9 });
  };
  for (const answer of ["y", "Y", "yes", " YES "]) assert(await confirmed(answer), answer);
  for (const answer of ["", "n", "no", "yess", "j", undefined]) assert(!await confirmed(answer));
  assertEquals(new Set(asked), new Set(["Download 23.4 GB in 1,255 files? [y/N] "]));
  asked.length = 0;
  assert(await confirmed("n", true));
  assertEquals(asked, ["📦 Downloading 23.4 GB in 1,255 files"]);
});
