import { Ban, CircleAlert, CircleCheck, CircleDot, CircleX } from 'lucide-react';
import type { DrillOutcome } from '../../proxy-engine/contract/drill.ts';

const ICONS = { running: CircleDot, passed: CircleCheck, failed: CircleX, stopped: Ban, broken: CircleAlert };
const TONES: Record<DrillOutcome, string> = {
  running: 'tone-accent',
  passed: 'tone-ok',
  failed: 'tone-bad',
  stopped: 'tone-warn',
  broken: 'tone-bad',
};

export function OutcomeMark({ outcome, size = 14 }: { outcome: DrillOutcome; size?: number }) {
  const Icon = ICONS[outcome];
  return <Icon size={size} className={TONES[outcome]} aria-hidden />;
}
