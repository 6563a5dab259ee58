/** One mistake in a config: where it is and what would be right. Lines and columns count from 1. */
export interface ConfigIssue {
  file?: string;
  line?: number;
  column?: number;
  /** `pools.api.backends[0].url` */
  path: string;
  message: string;
}
