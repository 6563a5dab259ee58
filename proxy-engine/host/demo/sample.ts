import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { splitAddress } from '../../downstream/address.ts';
import { type Edit, editText } from '../config/edit.ts';
import { productRoot } from '../product.ts';

/** The listener of the sample that demo traffic goes to. */
export const DEMO_LISTENER = 'gateway';

interface Sample {
  listeners?: Record<string, { address?: string }>;
  pools?: { api?: { backends?: { name?: string }[] } };
}

/** The sample, or what was made of it (`text`), with the ports that the backends really have, and a free port where its own is taken. */
export async function demoConfig(ports: Readonly<Record<string, number>>, text = sampleText()): Promise<string> {
  const { listeners, pools } = parsed(text);
  const edits: Edit[] = (pools?.api?.backends ?? []).flatMap(({ name = '' }, index) => {
    const value = `http://127.0.0.1:${ports[name]}`;
    return Object.hasOwn(ports, name) ? [{ path: ['pools', 'api', 'backends', index, 'url'], value }] : [];
  });
  const address = listeners?.[DEMO_LISTENER]?.address;
  if (address !== undefined && !(await isFree(splitAddress(address))))
    edits.push({ path: ['listeners', DEMO_LISTENER, 'address'], value: '127.0.0.1:0' });
  return editText(text, edits);
}

function sampleText(): string {
  return readFileSync(join(productRoot, 'assets', 'demo.yaml'), 'utf8');
}

/** Nothing, when it has mistakes: who runs it tells them. */
function parsed(text: string): Sample {
  try {
    return (parse(text) as Sample | null) ?? {};
  } catch {
    return {};
  }
}

function isFree({ host, port }: { host: string; port: number }): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
