// A reporter for Node's test runner: the files in which a test failed, a line each.

/** Gives a file's path when the first of its tests has failed. */
export default async function* failed(events) {
  const files = new Set();
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || files.has(data.file)) continue;
    files.add(data.file);
    yield `${data.file}\n`;
  }
}
