/** The text in lines of at most `columns` characters, broken at spaces; a longer word has a line of its own. */
export function wrap(text: string, columns = 80): string[] {
  return text.match(new RegExp(`.{1,${columns}}(?: |$)|\\S+ ?`, 'g'))?.map((line) => line.trimEnd()) ?? [];
}
