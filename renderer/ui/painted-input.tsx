import { clsx } from 'clsx';
import { useRef } from 'react';
import type { PaintPart } from './expression-paint.ts';
import { Input, type InputProps } from './field.tsx';

interface PaintedInputProps extends InputProps {
  value: string;
  /** The value in parts to colour. */
  parts: readonly PaintPart[];
}

/** A plain input, so that it behaves like every other one, over its own text in colour. */
export function PaintedInput({ value, parts, className, ...rest }: PaintedInputProps) {
  const paint = useRef<HTMLDivElement>(null);
  return (
    <div className={clsx('expression', className)}>
      <div className="expression-paint" aria-hidden>
        <div ref={paint}>
          {parts.map((part, index) => (
            <span key={index} className={`expression-${part.kind}`}>
              {part.text}
            </span>
          ))}
        </div>
      </div>
      <Input
        {...rest}
        mono
        className="expression-input"
        value={value}
        onScroll={(event) => {
          if (paint.current) paint.current.style.transform = `translateX(${-event.currentTarget.scrollLeft}px)`;
        }}
      />
    </div>
  );
}
