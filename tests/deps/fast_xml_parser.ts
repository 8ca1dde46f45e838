/**
 * A reader of XML that is not this program's, for checking its server.
 *
 * @module
 */

export { XMLParser } from "npm:fast-xml-parser@5.12.1";
