import { expect, test } from 'vitest';
import { isProto } from '../../../renderer/traffic/protobuf/descriptor-store.ts';
import { droppedFiles } from '../../../renderer/transfer/dropped-files.ts';

const fileEntry = (fullPath: string) => {
  const name = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  return { name, fullPath, isDirectory: false, file: (done: (file: File) => void) => done(new File([fullPath], name)) };
};
/** Gives what is in it two at a time, as browsers give a hundred. */
const folderEntry = (fullPath: string, inner: readonly unknown[]) => ({
  name: fullPath.slice(fullPath.lastIndexOf('/') + 1),
  fullPath,
  isDirectory: true,
  createReader() {
    const left = [...inner];
    return { readEntries: (done: (some: unknown[]) => void) => done(left.splice(0, 2)) };
  },
});
const dropOf = (entries: readonly unknown[], files: File[] = []) =>
  ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files }) as unknown as DataTransfer;

test('of a folder those that are wanted, with their paths', async () => {
  const many = Array.from({ length: 5 }, (_, n) => fileEntry(`/protos/v1/${n}.proto`));
  const folder = folderEntry('/protos', [
    fileEntry('/protos/README.md'),
    folderEntry('/protos/v1', many),
    fileEntry('/protos/0.proto'),
  ]);
  const found = await droppedFiles(dropOf([folder, fileEntry('/single.PROTO')]), isProto);
  expect(found.map(({ path }) => path)).toEqual([
    ...many.map(({ fullPath }) => fullPath.slice(1)),
    'protos/0.proto',
    'single.PROTO',
  ]);
  expect(await found[0]?.file.text()).toBe('/protos/v1/0.proto');
});

test('without folders every file, whatever its name', async () => {
  const found = await droppedFiles(dropOf([fileEntry('/a.bin')], [new File(['a'], 'a.bin')]), isProto);
  expect(found.map(({ path }) => path)).toEqual(['a.bin']);
});
