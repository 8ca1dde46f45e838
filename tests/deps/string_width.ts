/**
 * How many columns a text takes, by another's count.
 *
 * @module
 */

export { default as stringWidth } from "npm:string-width@9.0.0";
