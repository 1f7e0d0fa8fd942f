// What a person drops or picks, as the files to open.
import { compareNames, isLog, isRetold } from '../../src/logs/log-names.ts';

/** The path of a file in its folder, or its name. @param {File} file */
export const pathOf = (file) => file.webkitRelativePath || file.name;

/**
 * The logs of a folder as the command finds them: none that is hidden, and none that tells again what others tell.
 * @param {readonly File[]} files of a folder, or picked one by one
 */
export function toOpen(files) {
  const isFolder = files.some(({ webkitRelativePath }) => webkitRelativePath);
  const named = isFolder ? files.filter((file) => isOfFolder(file, files)) : files;
  return [...named].sort((a, b) => compareNames(pathOf(a), pathOf(b)));
}

function isOfFolder(file, files) {
  const names = pathOf(file).split('/').slice(1); // below the folder that was picked
  if (names.some((name) => name.startsWith('.')) || !isLog(file.name)) return false;
  return names.every((name, depth) => {
    const folder = pathOf(file)
      .split('/')
      .slice(0, depth + 1)
      .join('/');
    const siblings = new Set(
      files
        .filter((other) => pathOf(other).startsWith(`${folder}/`))
        .map(
          (other) =>
            pathOf(other)
              .slice(folder.length + 1)
              .split('/')[0],
        ),
    );
    return !isRetold(name, siblings);
  });
}

/** What stands for these files on a command line, and a name for people. */
export function toOperands(files) {
  const folders = [
    ...new Set(files.map(({ webkitRelativePath }) => webkitRelativePath?.split('/')[0]).filter(Boolean)),
  ];
  return folders.length > 0 ? folders : files.map(({ name }) => name);
}

/** All files of a drop, folders with all that is below them. @param {DataTransfer} transfer @returns {Promise<File[]>} */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    // A file of a dropped folder does not say where it was.
    if (!file.webkitRelativePath) Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.slice(1) });
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some); // a hundred at a time
  }
  return (await Promise.all(found.map(walk))).flat();
}
