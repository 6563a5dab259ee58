import { clsx } from 'clsx';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: 'plain' | 'primary' | 'quiet' | 'danger';
  size?: 'normal' | 'small';
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ tone = 'plain', size = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={clsx('button', tone !== 'plain' && `button-${tone}`, size === 'small' && 'button-small', className)}
      {...rest}
    />
  );
}

/** A button that shows only an icon; `label` is its name for everyone who does not see it. */
export function IconButton({ label, className, ...rest }: ButtonProps & { label: string; children: ReactNode }) {
  return <Button aria-label={label} title={label} className={clsx('button-icon', className)} {...rest} />;
}
