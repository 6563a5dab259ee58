/** What is wrong with a drill's text, a mistake a line. Pure. */
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';

/** The file of something else has mistakes without end. */
const MOST_TOLD = 5;

/** `engine`: its words in the language of the window, each message by itself. */
export function issueLines(issues: readonly ConfigIssue[], engine: (text: string) => string): string {
  const lines = issues
    .slice(0, MOST_TOLD)
    .map(({ line, path, message }) => [line ?? '', path, engine(message)].filter((part) => part !== '').join(': '));
  return [...lines, ...(issues.length > MOST_TOLD ? ['…'] : [])].join('\n');
}
