/**
 * A line in which whoever came first is first, and anyone may leave before.
 *
 * Each step takes constant time, amortised, however long the line is: a place is left by a
 * mark and passed over later, and a signal has one listener for all who wait on it, because
 * an event target compares a new listener with each that it has.
 *
 * @module
 */

/** A place in the line. */
interface Place<T> {
  readonly value: T;
  readonly signal: AbortSignal | undefined;
  left: boolean;
}

/** Those who wait on one signal. */
interface Group<T> {
  readonly places: Set<Place<T>>;
  readonly listener: () => void;
}

/** Places that are given up are no longer counted or served. */
export class WaitingLine<T> {
  readonly #onAbort: (value: T, signal: AbortSignal) => void;
  readonly #groups = new Map<AbortSignal, Group<T>>();
  #places: Place<T>[] = [];
  #head = 0;

  /** @param onAbort is told of each one whose signal has aborted, once it has left the line. */
  constructor(onAbort: (value: T, signal: AbortSignal) => void) {
    this.#onAbort = onAbort;
  }

  /** Takes the last place; an abort of the signal gives it up. */
  join(value: T, signal?: AbortSignal): void {
    const place: Place<T> = { value, signal, left: false };
    this.#places.push(place);
    if (signal) this.#groupOf(signal).places.add(place);
  }

  /** Who is first. */
  get first(): T | undefined {
    while (this.#places[this.#head]?.left) this.#pass();
    return this.#places[this.#head]?.value;
  }

  /** Takes the first one out of the line. */
  serveFirst(): void {
    if (this.first === undefined) return;
    this.#forget(this.#places[this.#head]!);
    this.#pass();
  }

  #pass(): void {
    this.#head++;
    if (2 * this.#head <= this.#places.length) return;
    this.#places = this.#places.slice(this.#head);
    this.#head = 0;
  }

  #groupOf(signal: AbortSignal): Group<T> {
    const known = this.#groups.get(signal);
    if (known) return known;
    const group = { places: new Set<Place<T>>(), listener: () => this.#disband(signal) };
    this.#groups.set(signal, group);
    signal.addEventListener("abort", group.listener, { once: true });
    return group;
  }

  #forget(place: Place<T>): void {
    if (!place.signal) return;
    const group = this.#groups.get(place.signal)!;
    group.places.delete(place);
    if (group.places.size > 0) return;
    this.#groups.delete(place.signal);
    place.signal.removeEventListener("abort", group.listener);
  }

  #disband(signal: AbortSignal): void {
    const { places } = this.#groups.get(signal)!;
    this.#groups.delete(signal);
    for (const place of places) place.left = true;
    for (const { value } of places) this.#onAbort(value, signal);
  }
}
