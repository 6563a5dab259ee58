/** What a drill's report can be written as. */
export const DRILL_FORMAT_NAMES = ['html', 'junit', 'json', 'text'] as const;

export type DrillFormat = (typeof DRILL_FORMAT_NAMES)[number];
