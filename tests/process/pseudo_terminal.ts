/**
 * The program on a pseudo-terminal, which `script` of util-linux makes.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { stringWidth } from "../deps/string_width.ts";
import { Screen } from "../cli/terminal/screen.ts";
import type { Place } from "./place.ts";
import { Program, type StartOptions } from "./program.ts";

/** Whether there is such a `script` here; that of other systems is another program. */
export const hasTerminal: boolean = await isInstalled();

/** Starts deno on a terminal of so many columns. Its output comes as `stdout`. */
export function startOnTerminal(
  columns: number,
  { args, env, place }: StartOptions & { readonly place: Place },
): Program {
  const command = [Deno.execPath(), ...args].map(quoted).join(" ");
  return Program.start("script", {
    args: ["-qec", `stty cols ${columns} rows 40; exec ${command}`, "/dev/null"],
    env: { ...place.env, SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
    stdin: "piped",
  });
}

/** The frames of the redrawn block, each as its lines. */
export function framesOf(output: string): string[][] {
  // deno-lint-ignore no-control-regex
  const frames = output.matchAll(/\x1b\[\?7l([^]*?)\x1b\[\?7h/g);
  // deno-lint-ignore no-control-regex
  return Array.from(frames, ([, text]) => text!.replace(/\x1b\[\d+m/g, "").split("\r\n"));
}

/**
 * Holds the output to what a terminal of that width has to show: frames of two lines, none
 * too wide, and at the end a screen without them, with the cursor visible, on an empty line.
 *
 * @returns the lines that stay.
 */
export function checkScreen(output: string, columns: number): string[] {
  for (const line of framesOf(output).flat()) assertLessOrEqual(stringWidth(line), columns, line);
  const { lines, cursor, cursorVisible } = screenOf(output, columns);
  assert(cursorVisible, "the cursor is visible");
  assertEquals(cursor, { row: lines.length, column: 0 });
  assertEquals(lines.filter((line) => /[█░]|Listing files/.test(line)), []);
  assert(output.lastIndexOf("\x1b[?7h") >= output.lastIndexOf("\x1b[?7l"), "lines wrap again");
  return lines;
}

/** The lines that are on a screen of that width in the end. */
export function linesOnScreen(output: string, columns: number): string[] {
  return screenOf(output, columns).lines;
}

function screenOf(output: string, columns: number): Screen {
  const screen = new Screen(columns);
  let rest = new TextEncoder().encode(output);
  while (rest.length > 0) rest = rest.subarray(screen.writeSync(rest));
  return screen;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function isInstalled(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"] }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}
