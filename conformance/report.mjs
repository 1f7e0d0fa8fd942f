/** Runs a program and reports what it returns or how it failed: to the server of a page, or as a line of stdout. */
export async function report(program) {
  const text = JSON.stringify(
    await program().catch((error) => ({ error: `${error}\n${error.stack}\n${error.cause ?? ''}` })),
  );
  if (typeof document === 'undefined') console.log(text);
  else await fetch('/result', { method: 'POST', body: text });
}
