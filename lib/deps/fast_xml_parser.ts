/**
 * Reading of XML.
 *
 * @module
 */

export { XMLParser } from "npm:fast-xml-parser@5.12.1";
