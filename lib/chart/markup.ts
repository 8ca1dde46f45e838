/**
 * Text and data put into HTML so that they stay text and data. Pure.
 *
 * @module
 */

/** The text as HTML, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);
}

/** A value as JSON that no `</script>` or `<!--` within it can end. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** What a content security policy allows a script or a style by: `'sha256-…'`. */
export async function cspHash(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(hash).toBase64()}'`;
}
