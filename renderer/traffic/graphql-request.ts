/** A GraphQL request in a JSON body; `variables` as JSON text. */
export interface GraphqlRequest {
  query: string;
  operationName?: string;
  variables?: string;
}

/** Null when the text is not one. */
export function readGraphqlRequest(text: string): GraphqlRequest | null {
  if (!/"query"\s*:\s*"/.test(text)) return null;
  try {
    const { query, operationName, variables } = JSON.parse(text) as Record<string, unknown>;
    if (typeof query !== 'string' || !/^\s*(#|\{|query\b|mutation\b|subscription\b|fragment\b)/.test(query))
      return null;
    return {
      query,
      operationName: typeof operationName === 'string' ? operationName : undefined,
      variables: variables === undefined || variables === null ? undefined : JSON.stringify(variables, null, 2),
    };
  } catch {
    return null;
  }
}
