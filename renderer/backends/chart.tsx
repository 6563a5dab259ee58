import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent, useRef } from 'react';
import uPlot from 'uplot';
import { AXIS_FONT, AXIS_GAP, axisWidth } from './axis-width.ts';
import { type ChartColumns, timeRange } from './chart-data.ts';

export interface ChartLine {
  label: string;
  /** A CSS colour or `var(--…)`. */
  color: string;
  dash?: number[];
  /** Fills down to the axis; in a stack the lower ones are drawn over it. */
  fill?: boolean;
}

interface ChartProps {
  label: string;
  data: ChartColumns;
  lines: readonly ChartLine[];
  /** Top of the value axis; follows the data when absent. */
  max?: number;
  format: (value: number) => string;
  /** Of things that are counted: no steps between whole numbers. */
  whole?: boolean;
}

/** A line or area chart over the last five minutes. The same numbers stand next to it as text. */
export function Chart(props: ChartProps) {
  // uPlot's lines are fixed when it is made: other lines are another plot.
  return <Plot key={JSON.stringify([props.lines, props.max])} {...props} />;
}

function Plot({ label, data, lines, max, format, whole = false }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const draw = useEffectEvent((element: HTMLElement) => {
    plot.current?.destroy();
    plot.current = new uPlot(chartOptions(element, { lines, max, format, whole }), data as uPlot.AlignedData, element);
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    draw(element);
    const resize = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    resize.observe(element);
    // Colours on a canvas do not follow CSS: another theme is drawn anew.
    const themes = new MutationObserver(() => draw(element));
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resize.disconnect();
      themes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);

  return <div ref={host} className="chart" role="img" aria-label={label} />;
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: element.clientWidth, height: element.clientHeight };
}

function cssColor(element: HTMLElement, color: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(element).getPropertyValue(name).trim() : color;
}

function chartOptions(
  element: HTMLElement,
  { lines, max, format, whole }: Pick<ChartProps, 'lines' | 'max' | 'format' | 'whole'>,
): uPlot.Options {
  return {
    ...sizeOf(element),
    padding: [6, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (plot) => timeRange(plot.data[0]) },
      y: { range: (_, __, top) => [0, max ?? Math.max(1, (top ?? 1) * 1.15)] },
    },
    axes: [timeAxis(element), { ...valueAxis(element, format), ...(whole && { incrs: WHOLE_STEPS }) }],
    series: [{}, ...lines.map((line) => seriesOf(element, line))],
  };
}

const WHOLE_STEPS = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

function timeAxis(element: HTMLElement): uPlot.Axis {
  return {
    size: 20,
    gap: 6,
    font: AXIS_FONT,
    stroke: cssColor(element, 'var(--faint)'),
    grid: { show: false },
    ticks: { show: false },
    incrs: [60, 120],
    values: (_, splits) => splits.map((at) => new Date(at * 1000).toTimeString().slice(0, 5)),
  };
}

function valueAxis(element: HTMLElement, format: (value: number) => string): uPlot.Axis {
  return {
    size: (plot, labels) => axisWidth(plot.ctx, labels),
    gap: AXIS_GAP,
    space: 36,
    font: AXIS_FONT,
    stroke: cssColor(element, 'var(--faint)'),
    grid: { stroke: cssColor(element, 'var(--line2)'), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => format(value)),
  };
}

function seriesOf(element: HTMLElement, line: ChartLine): uPlot.Series {
  const color = cssColor(element, line.color);
  return {
    label: line.label,
    stroke: color,
    width: line.fill ? 1 : 1.5,
    dash: line.dash,
    fill: line.fill ? color : undefined,
    points: { show: false },
  };
}
