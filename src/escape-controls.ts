/**
 * The text on one line, with control, format and unpaired surrogate characters written as \u{...}: ids and bad values
 * come from a log, which must not be able to drive the terminal.
 */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** The text, or its beginning and an ellipsis, in at most `most` UTF-16 units. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A name that came from data, in quotes and of bounded length, for messages. */
export function quote(name: string): string {
  return escapeControls(JSON.stringify(shorten(name, 64)));
}

/** The id of a prompt, for messages. */
export function quoteId(id: string): string {
  return `prompt ${quote(id)}`;
}
