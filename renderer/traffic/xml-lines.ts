/** XML with a line an element, indented, as text: nothing is looked up, resolved or expanded. Pure. */
import type { Sliced } from '../ui/slices.ts';

const INDENT = '  ';
/** Deeper, lines are indented no more. */
const DEEPEST = 40;
const BETWEEN_BREATHS = 2000;

/** A comment, CDATA, an instruction, a declaration, a tag, or the text before the next of them; what is not closed goes to the end. */
const TOKEN = new RegExp(
  [
    '<!--.*?(?:-->|$)',
    '<!\\[CDATA\\[.*?(?:\\]\\]>|$)',
    '<\\?.*?(?:\\?>|$)',
    `<!(?:[^<>[\\]"']|"[^"]*"|'[^']*'|\\[[^\\]]*(?:\\]|$))*>?`,
    `<(?:[^<>"']|"[^"]*"|'[^']*')*>?`,
    '[^<]+',
  ].join('|'),
  'gs',
);

interface Line {
  depth: number;
  text: string;
}

/** An element that is open, and where its line is. */
interface Open {
  line: number;
  /** Text stands in it: white space means something, and it stays as it is. */
  isMixed: boolean;
  hasChildren: boolean;
}

/** Elements that hold text, or text and others, are left as they are written. */
export function* xmlText(text: string): Sliced<string> {
  const lines: Line[] = [];
  const open: Open[] = [];
  let tokens = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    add(token);
    if (++tokens % BETWEEN_BREATHS === 0) yield;
  }
  return lines.map(({ depth, text: line }) => INDENT.repeat(Math.min(depth, DEEPEST)) + line).join('\n');

  function add(token: string): void {
    const parent = open.at(-1);
    const isText = !token.startsWith('<') || token.startsWith('<![CDATA[');
    if (token.startsWith('</')) close(token);
    else if (parent?.isMixed) append(token, isOpening(token));
    else if (isText) addText(token, parent);
    else {
      if (parent) parent.hasChildren = true;
      lines.push({ depth: open.length, text: token });
      if (isOpening(token))
        open.push({
          line: lines.length - 1,
          isMixed: /\sxml:space\s*=\s*["']preserve/.test(token),
          hasChildren: false,
        });
    }
  }

  function addText(token: string, parent: Open | undefined): void {
    if (token.trim() === '') return;
    if (!parent) lines.push({ depth: 0, text: token.trim() });
    else if (parent.hasChildren) lines.push({ depth: open.length, text: token.trim() });
    else {
      parent.isMixed = true;
      append(token, false);
    }
  }

  function append(token: string, opens: boolean): void {
    const last = lines.at(-1);
    if (last) last.text += token;
    if (opens) open.push({ line: lines.length - 1, isMixed: true, hasChildren: false });
  }

  function close(token: string): void {
    const closed = open.pop();
    if (!closed?.hasChildren && lines.length > 0 && closed) append(token, false);
    else lines.push({ depth: open.length, text: token });
  }
}

function isOpening(token: string): boolean {
  return /^<[^!?/]/.test(token) && token.endsWith('>') && !token.endsWith('/>');
}
