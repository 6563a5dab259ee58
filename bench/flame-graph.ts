/** `node bench/flame-graph.ts PROFILE.cpuprofile [OUT.svg]`: a profile of V8 (`node --cpu-prof`) as a flame graph, one file without scripts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

/** Calls of one function below one caller, joined. Microseconds. */
interface Frame {
  label: string;
  where: string;
  micros: number;
  children: Map<string, Frame>;
}

const WIDTH = 1200;
const ROW = 17;
/** Narrower frames are left out: nobody can read them. */
const NARROWEST = 0.5;
const CHAR_WIDTH = 6.2;

const [input, output = input?.replace(/(\.cpuprofile)?$/, '.svg')] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('usage: node bench/flame-graph.ts PROFILE.cpuprofile [OUT.svg]');
  process.exit(1);
}
writeFileSync(output, flameGraph(JSON.parse(readFileSync(input, 'utf8')) as Profile));
console.log(output);

function flameGraph(profile: Profile): string {
  const root = framesOf(profile);
  const boxes: string[] = [];
  const depth = draw(root, 0, 0, WIDTH / root.micros, root.micros, boxes);
  const height = (depth + 1) * ROW;
  const style = 'font: 11px monospace; background: #fff';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" style="${style}">
${boxes.join('\n')}
</svg>
`;
}

/** Time in which nothing ran is no part of it. */
function framesOf({ nodes, samples, timeDeltas }: Profile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const micros = new Map<number, number>();
  for (const [i, id] of samples.entries()) micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[i] ?? 0));
  const root: Frame = { label: 'all', where: '', micros: 0, children: new Map() };
  for (const [id, time] of micros) {
    if (byId.get(id)?.callFrame.functionName === '(idle)') continue;
    let frame = root;
    root.micros += time;
    for (const node of pathOf(id, byId, parents)) {
      frame = childOf(frame, node);
      frame.micros += time;
    }
  }
  return root;
}

function pathOf(
  id: number,
  byId: ReadonlyMap<number, ProfileNode>,
  parents: ReadonlyMap<number, number>,
): ProfileNode[] {
  const path: ProfileNode[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const node = byId.get(at);
    if (node && node.callFrame.functionName !== '(root)') path.push(node);
  }
  return path.reverse();
}

function childOf(frame: Frame, { callFrame: { functionName, url, lineNumber } }: ProfileNode): Frame {
  const where = url === '' ? '' : `${basename(url)}:${lineNumber + 1}`;
  const label = functionName || '(anonymous)';
  const key = `${label} ${where}`;
  let child = frame.children.get(key);
  if (!child) frame.children.set(key, (child = { label, where, micros: 0, children: new Map() }));
  return child;
}

/** Answers the deepest row. */
function draw(frame: Frame, x: number, row: number, scale: number, total: number, boxes: string[]): number {
  const width = frame.micros * scale;
  if (width < NARROWEST) return row - 1;
  boxes.push(box(frame, x, row, width, total));
  let deepest = row;
  let at = x;
  for (const child of [...frame.children.values()].sort((a, b) => b.micros - a.micros)) {
    deepest = Math.max(deepest, draw(child, at, row + 1, scale, total, boxes));
    at += child.micros * scale;
  }
  return deepest;
}

function box({ label, where, micros }: Frame, x: number, row: number, width: number, total: number): string {
  const share = `${((100 * micros) / total).toFixed(1)} %, ${(micros / 1000).toFixed(0)} ms`;
  const text = label.slice(0, Math.floor((width - 4) / CHAR_WIDTH));
  return (
    `<g><title>${escaped(`${label} ${where} ${share}`)}</title>` +
    `<rect x="${x.toFixed(1)}" y="${row * ROW}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colour(label, where)}"/>` +
    `<text x="${(x + 2).toFixed(1)}" y="${row * ROW + 12}">${escaped(text)}</text></g>`
  );
}

/** Ours are warm, the runtime's are blue, the rest is grey: what could be changed stands out. */
function colour(label: string, where: string): string {
  const hash = [...label].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 997, 7);
  if (where === '') return `hsl(0 0% ${78 + (hash % 12)}%)`;
  return /\.c?js:|\.ts:/.test(where) ? `hsl(${15 + (hash % 35)} 85% 70%)` : `hsl(${205 + (hash % 30)} 60% 78%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
