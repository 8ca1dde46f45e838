#!/usr/bin/env node
/**
 * The npm package's command: runs `flatfetch.js`, which is beside this file, by Deno.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What Deno would take of the project that this package is installed in, it leaves alone. */
const ALONE = ["--no-config", "--no-lock"];

/** Deno's flags; those of the binary that `deno task compile` makes. */
const FLAGS = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys=statfs",
];

/** The exit code of what is to be configured. */
const CONFIGURATION = 4;

const found = versionOfDeno();
if (found !== undefined && isNewEnough(found)) {
  run();
} else {
  const what = found === undefined ? "found none in PATH" : `found ${found} in PATH`;
  const args = process.argv.slice(2).map((arg) => ` ${word(arg)}`).join("");
  process.stderr.write(
    `Cannot start flatfetch: ${what}, want Deno 2.9 or newer\n` +
      `Install it from https://deno.com, or have npm bring it:\n` +
      `  npx -p deno@2.9.6 -p flatfetch flatfetch${args}\n`,
  );
  process.exitCode = CONFIGURATION;
}

/** An argument as a shell of POSIX takes it for what it was. */
function word(text) {
  return /^[\w%+:,./@-][\w%+=:,./@-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function versionOfDeno() {
  const { stdout } = spawnSync("deno", ["--version"], { encoding: "utf8" });
  return /^deno (\S+)/.exec(stdout ?? "")?.[1];
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 9;
}

/** Ends as the program ends. A signal goes on to it, which does not mind to get it twice. */
function run() {
  const program = fileURLToPath(new URL("flatfetch.js", import.meta.url));
  const args = ["run", ...ALONE, ...FLAGS, program, ...process.argv.slice(2)];
  const child = spawn("deno", args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
