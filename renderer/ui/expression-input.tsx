import { clsx } from 'clsx';
import { useRef } from 'react';
import { paintExpression } from './expression-paint.ts';
import { Input, type InputProps } from './field.tsx';

export interface ExpressionInputProps extends InputProps {
  value: string;
  /** Where the mistake is, underlined. */
  mistake?: { from: number; to: number };
}

/** A plain input, so that it behaves like every other one, over its own text in colour. */
export function ExpressionInput({ value, mistake, className, ...rest }: ExpressionInputProps) {
  const paint = useRef<HTMLDivElement>(null);
  return (
    <div className={clsx('expression', className)}>
      <div className="expression-paint" aria-hidden>
        <div ref={paint}>
          {paintExpression(value, mistake).map((part, index) => (
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
