/**
 * The table of commands. To add one: its `commands/NAME.ts` (what it declares), its
 * `commands/NAME_run.ts` (what it does), and a line here.
 *
 * @module
 */

import { optionsOf, type OptionSpec } from "./arguments/command_doc.ts";
import type { CommandSpec } from "./arguments/command_spec.ts";
import { chart } from "./commands/chart.ts";
import { check } from "./commands/check.ts";
import { clear } from "./commands/clear.ts";
import { completions } from "./commands/completions.ts";
import { doctor } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { fleet } from "./commands/fleet.ts";
import { help } from "./commands/help.ts";
import { list } from "./commands/list.ts";
import { preloadCommand } from "./commands/preload.ts";
import { progress } from "./commands/progress.ts";
import { worker } from "./commands/worker.ts";
import type { ScreenArgs } from "./options/run.ts";

/** Every command, in the order of the help. The first one needs no name. */
export const COMMANDS = [
  preloadCommand,
  chart,
  list,
  progress,
  clear,
  check,
  doctor,
  exportCommand,
  worker,
  fleet,
  completions,
  help,
] as const;

/** A command of the table. */
export type TableCommand = (typeof COMMANDS)[number];

/** A command line that was understood. */
export type Command =
  | Understood<TableCommand>
  | { readonly name: "version" } & ScreenArgs
  | { readonly name: typeof COMPLETE; readonly words: readonly string[] } & ScreenArgs;

/** What the scripts for the shells call, for what stands behind it; nobody types it. */
export const COMPLETE = "__complete";

type Understood<Spec> = Spec extends CommandSpec<infer Name, infer Args>
  ? { readonly name: Name } & ScreenArgs & Args
  : never;

/** Every option that some command has, once. */
export const OPTIONS: readonly OptionSpec[] = [
  ...new Map(COMMANDS.flatMap(optionsOf).map((option) => [option.name, option])).values(),
];
