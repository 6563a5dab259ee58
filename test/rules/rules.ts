/** Rules as a config has them, compiled. */
import { type Config, type ConfigDocument, configSchema } from '../../proxy-engine/contract/config.ts';
import { compileRules, type RuleSet, type RuleSetOptions } from '../../proxy-engine/rules/rule-set.ts';

export type RuleDocument = NonNullable<ConfigDocument['rules']>[number];

export function configWith(document: Partial<ConfigDocument>): Config {
  return configSchema.parse({ version: 1, ...document });
}

export function ruleSet(
  rules: RuleDocument[],
  options: RuleSetOptions & { groups?: ConfigDocument['groups'] } = {},
): RuleSet {
  return compileRules(configWith({ rules, groups: options.groups }), options);
}
