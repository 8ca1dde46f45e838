/**
 * How many columns of a terminal a text takes.
 *
 * @module
 */

export { default as unicodeWidth } from "npm:string-width@9.0.0";
