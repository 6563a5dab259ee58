import { commentLines } from '../notes.ts';
import type { Plan } from '../plan.ts';

export function exportTraefik(plan: Plan): string {
  return commentLines(plan.notes, '').join('\n');
}
