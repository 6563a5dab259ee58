import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export function EmptyState({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <div className="empty-icon">
        <Icon size={19} strokeWidth={1.6} aria-hidden />
      </div>
      <div className="empty-title">{title}</div>
      {children}
    </div>
  );
}
