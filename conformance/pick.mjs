// Opens the example page in a frame, picks the log in it as a user would, and reports what it then shows.
import { LOGS } from './doors-input.mjs';
import { report } from './report.mjs';

report(async () => {
  const frame = document.createElement('iframe');
  frame.src = '/example.html';
  document.body.append(frame);
  await new Promise((resolve) => (frame.onload = resolve));
  const page = frame.contentDocument;
  const input = page.querySelector('input');
  const bytes = Uint8Array.from(atob(LOGS['log.jsonl']), (char) => char.charCodeAt(0));
  const picked = new frame.contentWindow.DataTransfer();
  picked.items.add(new frame.contentWindow.File([bytes], 'rollouts.jsonl'));
  input.files = picked.files;
  input.dispatchEvent(new Event('change'));
  const output = page.querySelector('pre');
  while (output.textContent === '') await new Promise((resolve) => setTimeout(resolve, 20));
  return { shown: output.textContent };
});
