import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { originOf } from './page-address.ts';

/** Whether a message comes from the top frame of the window's own page. */
export function isFromPage({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent, pageOrigin: string): boolean {
  return senderFrame !== null && senderFrame.parent === null && originOf(senderFrame.url) === pageOrigin;
}
