export type HealthShape = 'full' | 'half' | 'ring' | 'cross' | 'dashed';

const PATHS = {
  full: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  half: (
    <>
      <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.2" />
      <path d="M5 1.4a3.6 3.6 0 0 0 0 7.2z" fill="currentColor" />
    </>
  ),
  ring: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.3" />,
  cross: <path d="M2 2l6 6M8 2l-6 6" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />,
  dashed: (
    <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.3" strokeDasharray="1.9 1.9" />
  ),
} as const;

/** A shape for each standing, so that colour never tells it alone; the word stands next to it. */
export function HealthMark({ shape }: { shape: HealthShape }) {
  return (
    <svg className="health-mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden>
      {PATHS[shape]}
    </svg>
  );
}
