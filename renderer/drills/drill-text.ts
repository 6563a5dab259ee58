/** A drill as the YAML that people keep: a line a step. */
import { Document, isMap, isSeq } from 'yaml';
import type { DrillDocument } from '../../proxy-engine/contract/drill.ts';

export function printDrill(document: DrillDocument): string {
  const yaml = new Document(document);
  const load = yaml.get('load', true);
  if (isMap(load)) load.flow = true;
  const timeline = yaml.get('timeline', true);
  if (isSeq(timeline)) for (const step of timeline.items) if (isMap(step)) step.flow = true;
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true, singleQuote: true });
}
