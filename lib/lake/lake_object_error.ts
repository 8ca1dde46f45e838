/**
 * What is thrown for a lake's object that cannot be read; its flat file is downloaded instead. It has
 * a file of its own because threads load it, and nothing else of the lake.
 *
 * @module
 */

/** An object cannot be read, in words that need its name before them. */
export class LakeObjectError extends Error {
  static {
    this.prototype.name = "LakeObjectError";
  }
}
