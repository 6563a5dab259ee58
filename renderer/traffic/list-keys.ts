/** The row that a key moves to, or null when it is not a key of the list. With nothing selected, moving starts at the newest. */
export function rowAfterKey(key: string, current: number | null, total: number, pageRows: number): number | null {
  const step = stepOf(key, total, pageRows);
  if (step === null || total === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End' || current === null) return total - 1;
  return Math.min(total - 1, Math.max(0, current + step));
}

function stepOf(key: string, total: number, pageRows: number): number | null {
  switch (key) {
    case 'j':
    case 'J':
    case 'ArrowDown':
      return 1;
    case 'k':
    case 'K':
    case 'ArrowUp':
      return -1;
    case 'PageDown':
      return pageRows;
    case 'PageUp':
      return -pageRows;
    case 'Home':
      return -total;
    case 'End':
      return total;
    default:
      return null;
  }
}
