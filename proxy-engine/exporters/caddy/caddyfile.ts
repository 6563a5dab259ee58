import { commentLines } from '../notes.ts';
import type { Plan } from '../plan.ts';

export function exportCaddy(plan: Plan): string {
  return commentLines(plan.notes, '').join('\n');
}
