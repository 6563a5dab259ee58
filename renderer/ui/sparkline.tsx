/** Points of a polyline in a box of `width` × `height`, newest at the right edge; the highest value touches the top. */
export function sparklinePoints(values: readonly number[], capacity: number, width: number, height: number): string {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, capacity - 1);
  const offset = capacity - values.length;
  return values
    .map(
      (value, index) =>
        `${((offset + index) * step).toFixed(1)},${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`,
    )
    .join(' ');
}

interface SparklineProps {
  values: readonly number[];
  /** How many values fill the width. */
  capacity: number;
  color: string;
  width?: number;
  height?: number;
}

/** Decoration: the number it shows stands next to it in text. */
export function Sparkline({ values, capacity, color, width = 96, height = 24 }: SparklineProps) {
  return (
    <svg
      className="sparkline"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line x1="0" x2={width} y1={height - 1} y2={height - 1} stroke="var(--line)" />
      <polyline
        fill="none"
        stroke={color}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
        points={sparklinePoints(values, capacity, width, height)}
      />
    </svg>
  );
}
