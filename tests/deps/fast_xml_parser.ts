/**
 * Reading of XML by others than the program.
 *
 * @module
 */

export { XMLParser } from "npm:fast-xml-parser@5.12.1";
