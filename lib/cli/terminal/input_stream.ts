/**
 * Reading a line that a person types.
 *
 * @module
 */

/** What is used of `Deno.stdin`. */
export interface InputStream {
  readonly readable: ReadableStream<Uint8Array>;
  isTerminal(): boolean;
}

/**
 * The first line with its end, or without one what comes before the stream ends. Nothing can be read
 * afterwards. Signals come through meanwhile; an abort rejects with its reason.
 */
export async function readLine(stream: InputStream, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const reader = stream.readable.getReader();
  const end = () => void reader.cancel();
  signal.addEventListener("abort", end, { once: true });
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (!text.includes("\n")) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", end);
    await reader.cancel();
  }
  return /^.*\n?/.exec(text)![0];
}
