/** The text in lines of at most 80 characters, broken at spaces. */
export function wrap(text: string): string[] {
  return text.match(/.{1,80}(?: |$)/g)?.map((line) => line.trimEnd()) ?? [];
}
