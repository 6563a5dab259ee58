import { runAtOnce } from '../ui/slices.ts';
import { type JsonTree, scanJson } from './json/scan-json.ts';

/** A GraphQL request in a JSON body; `variables` as JSON text, as it was sent. */
export interface GraphqlRequest {
  query: string;
  operationName?: string;
  variables?: string;
}

/** One, or those of a batch; null when the text is neither. */
export function readGraphqlRequests(text: string): GraphqlRequest[] | null {
  if (!/"query"\s*:\s*"/.test(text)) return null;
  const tree = runAtOnce(scanJson(text));
  if (tree === null) return null;
  const requests = objectsOf(tree).map((node) => requestAt(tree, node));
  return requests.every((request) => request !== null) ? requests : null;
}

/** The whole, or what is in the list that it is. */
function objectsOf(tree: JsonTree): number[] {
  return tree.text[tree.nodes.starts[0] as number] === '[' ? childrenOf(tree, 0) : [0];
}

function childrenOf({ nodes }: JsonTree, parent: number): number[] {
  const children: number[] = [];
  const end = nodes.nexts[parent] as number;
  for (let node = parent + 1; node < end; node = nodes.nexts[node] as number) children.push(node);
  return children;
}

function requestAt(tree: JsonTree, node: number): GraphqlRequest | null {
  const { text, nodes } = tree;
  if (text[nodes.starts[node] as number] !== '{') return null;
  const members = new Map(
    childrenOf(tree, node).map((member) => [
      /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(nodes.keys[member], nodes.starts[member]))?.[1],
      text.slice(nodes.starts[member], nodes.ends[member]),
    ]),
  );
  const [query, operationName] = [stringOf(members.get('query')), stringOf(members.get('operationName'))];
  if (query === undefined || !/^\s*(#|\{|query\b|mutation\b|subscription\b|fragment\b)/.test(query)) return null;
  const variables = members.get('variables');
  return { query, operationName, variables: variables === 'null' ? undefined : variables };
}

function stringOf(json: string | undefined): string | undefined {
  try {
    return json?.startsWith('"') ? (JSON.parse(json) as string) : undefined;
  } catch {
    return undefined;
  }
}
