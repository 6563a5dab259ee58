import { paintExpression } from './expression-paint.ts';
import type { InputProps } from './field.tsx';
import { PaintedInput } from './painted-input.tsx';

export interface ExpressionInputProps extends InputProps {
  value: string;
  /** Where the mistake is, underlined. */
  mistake?: { from: number; to: number };
}

export function ExpressionInput({ mistake, ...rest }: ExpressionInputProps) {
  return <PaintedInput {...rest} parts={paintExpression(rest.value, mistake)} />;
}
