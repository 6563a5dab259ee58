/** A GraphQL request in a JSON body; `variables` as JSON text. */
export interface GraphqlRequest {
  query: string;
  operationName?: string;
  variables?: string;
}

/** One, or those of a batch; null when the text is neither. */
export function readGraphqlRequests(text: string): GraphqlRequest[] | null {
  if (!/"query"\s*:\s*"/.test(text)) return null;
  try {
    const value = JSON.parse(text) as unknown;
    const requests = (Array.isArray(value) ? (value as unknown[]) : [value]).map(requestOf);
    return requests.every((request) => request !== null) ? requests : null;
  } catch {
    return null;
  }
}

function requestOf(value: unknown): GraphqlRequest | null {
  if (typeof value !== 'object' || value === null) return null;
  const { query, operationName, variables } = value as Record<string, unknown>;
  if (typeof query !== 'string' || !/^\s*(#|\{|query\b|mutation\b|subscription\b|fragment\b)/.test(query)) return null;
  return {
    query,
    operationName: typeof operationName === 'string' ? operationName : undefined,
    variables: variables === undefined || variables === null ? undefined : JSON.stringify(variables, null, 2),
  };
}
