import { clsx } from 'clsx';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** A line over the page. `aside`: what can be done, after the text. */
export function Banner({ bad, aside, children }: { bad?: boolean; aside?: ReactNode; children: ReactNode }) {
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <div className={clsx('banner', bad && 'banner-bad')}>
      <Icon size={14} aria-hidden />
      <div className="banner-text">
        <span>{children}</span>
        {aside}
      </div>
    </div>
  );
}
