/**
 * The axis of dates below a chart: ticks and labels at round years, months, days or times.
 * Pure.
 *
 * @module
 */

import { DAY_MS } from "../../dated_object.ts";
import type { Style } from "../render/style.ts";

/** A place on the axis: its column, and the time there as `2024-03-07` or `2024-03-07T09:30`. */
export interface AxisTime {
  readonly column: number;
  readonly time: string;
}

/** A text of the axis, and the column at which it starts. */
interface Label {
  readonly column: number;
  readonly text: string;
  /** Whether a longer time begins here too, whose label goes before others. */
  readonly isMajor: boolean;
}

/** A length of time at whose beginnings there may be labels. */
interface Unit {
  /** The same for all times within one length. */
  readonly keyOf: (time: string) => string | number;
  readonly textOf: (time: string, before: string | undefined) => string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** From the finest. */
const UNITS: readonly Unit[] = [
  ...[5, 15, 30, 60, 120, 240].map((minutes) => ({
    keyOf: (time: string) => time.slice(0, 10) + Math.floor(minuteOf(time) / minutes),
    textOf: timeText,
  })),
  { keyOf: (time) => time.slice(0, 10), textOf: dayText },
  ...[1, 2].map((weeks) => ({
    keyOf: (time: string) => Math.floor(weekOf(time) / weeks),
    textOf: dayText,
  })),
  ...[1, 3, 6].map((months) => ({
    keyOf: (time: string) => Math.floor(monthOf(time) / months),
    textOf: monthText,
  })),
  ...[1, 2, 5, 10, 20, 50].map((years) => ({
    keyOf: (time: string) => Math.floor(yearOf(time) / years),
    textOf: (time: string) => time.slice(0, 4),
  })),
];

/** The least columns between two labels. */
const SPACE = 1;

/** The share of a unit's labels that must have room. */
const ENOUGH = 0.65;

/**
 * Two lines: the axis with its ticks, and the labels, each of which starts below its tick.
 * Shown is the finest unit whose labels, but for a few, have room.
 */
export function renderDates(
  moments: readonly AxisTime[],
  { width, room, style }: { width: number; room: number; style: Style },
): [axis: string, labels: string] {
  const labels = labelsOf(moments, room);
  const ticks = new Set(labels.map(({ column }) => column));
  const [line, tick] = style.signs ? ["─", "┬"] : ["-", "+"];
  const axis = Array.from({ length: width }, (_, i) => ticks.has(i) ? tick : line).join("");
  const text = labels.reduce((before, { column, text }) => before.padEnd(column) + text, "");
  return [axis, text];
}

function labelsOf(moments: readonly AxisTime[], room: number): Label[] {
  const candidates = UNITS.map((unit) => labelsAt(unit, moments, room));
  return candidates.find((labels) => labels.length > 1) ??
    candidates.findLast((labels) => labels.length > 0) ?? [];
}

/** The labels of a unit that have room; none when that is only some of them. */
function labelsAt({ keyOf, textOf }: Unit, moments: readonly AxisTime[], room: number): Label[] {
  const begin = moments.filter(({ time }, i) =>
    i === 0 || keyOf(time) !== keyOf(moments[i - 1]!.time)
  );
  const labels = begin.map(({ column, time }, i) => ({
    column,
    text: textOf(time, begin[i - 1]?.time),
    isMajor: i > 0 && textOf(time, time) !== textOf(time, begin[i - 1]!.time),
  }));
  const shown = withRoom(labels, room);
  return shown.length >= ENOUGH * labels.length ? shown : [];
}

/**
 * What has room behind the label before it, which gives way to a major one; and so does the
 * first, of a part only, to the second.
 */
function withRoom(labels: readonly Label[], room: number): Label[] {
  const shown: Label[] = [];
  for (const label of labels) {
    const last = shown.at(-1);
    const isFree = last === undefined || endOf(last) + SPACE <= label.column;
    if (endOf(label) > room || !isFree && !label.isMajor && shown.length > 1) continue;
    if (!isFree) shown.pop();
    shown.push(label);
  }
  return shown;
}

function endOf({ column, text }: Label): number {
  return column + text.length;
}

/** `09:30`, and where a day begins `Mar 7`. */
function timeText(time: string, before: string | undefined): string {
  return before?.slice(0, 10) === time.slice(0, 10) ? time.slice(11) : dayText(time);
}

function dayText(time: string): string {
  return `${MONTHS[Number(time.slice(5, 7)) - 1]} ${Number(time.slice(8, 10))}`;
}

/** `Mar`, and where a year begins `2024`. */
function monthText(time: string, before: string | undefined): string {
  const isSameYear = before === undefined || before.slice(0, 4) === time.slice(0, 4);
  return isSameYear ? MONTHS[Number(time.slice(5, 7)) - 1]! : time.slice(0, 4);
}

function minuteOf(time: string): number {
  return 60 * Number(time.slice(11, 13)) + Number(time.slice(14, 16));
}

function yearOf(time: string): number {
  return Number(time.slice(0, 4));
}

function monthOf(time: string): number {
  return 12 * yearOf(time) + Number(time.slice(5, 7)) - 1;
}

/** Weeks since a Monday. */
function weekOf(time: string): number {
  return Math.floor((Date.parse(time.slice(0, 10)) / DAY_MS + 3) / 7);
}
