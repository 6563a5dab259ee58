export const KEY: string;
export const ACCEPT: string;
