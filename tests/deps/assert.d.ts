/** The types of the assertions that the tests use; their npm package has none. */

// deno-lint-ignore no-explicit-any
type Class<E> = abstract new (...args: any[]) => E;

export class AssertionError extends Error {}
export function assert(condition: unknown, message?: string): asserts condition;
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;
export function assertEquals<T>(actual: T, expected: T, message?: string): void;
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void;
export function assertInstanceOf<E>(
  actual: unknown,
  expected: Class<E>,
  message?: string,
): asserts actual is E;
export function assertLess<T>(actual: T, expected: T, message?: string): void;
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  message?: string,
): void;
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void;
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void;
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void;
export function assertRejects(
  run: () => PromiseLike<unknown>,
): Promise<unknown>;
export function assertRejects<E extends Error>(
  run: () => PromiseLike<unknown>,
  errorClass: Class<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export function assertThrows(run: () => unknown): unknown;
export function assertThrows<E extends Error>(
  run: () => unknown,
  errorClass: Class<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function fail(message?: string): never;
