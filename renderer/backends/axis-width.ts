/** Whole pixels: of others uPlot makes a wrong size on screens with more than one pixel to a CSS pixel. */
export const AXIS_FONT = '11px Inter Variable, sans-serif';

/** The value axis is so wide, and wider for longer labels: charts that stand below each other begin at one line. */
const AXIS_WIDTH = 42;
export const AXIS_GAP = 4;

/** Room for the longest label in CSS pixels: of one that is cut a person reads another number. */
export function axisWidth(
  canvas: Pick<CanvasRenderingContext2D, 'measureText' | 'font'>,
  labels: readonly string[] | null,
): number {
  const before = canvas.font;
  canvas.font = AXIS_FONT;
  const widest = Math.max(0, ...(labels ?? []).map((label) => canvas.measureText(label).width));
  // uPlot believes what it set itself.
  canvas.font = before;
  return Math.max(AXIS_WIDTH, Math.ceil(widest) + AXIS_GAP + 2);
}
