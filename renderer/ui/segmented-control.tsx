import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { clsx } from 'clsx';

interface SegmentedControlProps<V extends string> {
  label: string;
  value: V;
  options: readonly { value: V; label: string; title?: string }[];
  size?: 'normal' | 'small';
  onChange: (value: V) => void;
}

export function SegmentedControl<V extends string>({
  label,
  value,
  options,
  size,
  onChange,
}: SegmentedControlProps<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={clsx('segmented', size === 'small' && 'segmented-small')}
      value={[value]}
      onValueChange={(next: readonly string[]) => {
        const chosen = options.find((option) => option.value === next[0]);
        if (chosen && chosen.value !== value) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="segmented-item"
          title={option.title}
          data-label={option.label}
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
