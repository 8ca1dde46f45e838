/**
 * The error of an object of a lake that cannot be read.
 *
 * @module
 */

/** An object cannot be read, in words that need its name before them. */
export class LakeObjectError extends Error {
  static {
    this.prototype.name = "LakeObjectError";
  }
}
