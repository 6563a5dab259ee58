import type { EngineTexts } from '../engine-text.ts';

/** How much is recorded, where it is kept, and what of it could not be read. */
export const zhTwRecordingTexts: EngineTexts = {
  'recording is paused': '記錄已暫停',
  'the disk cannot keep up: exchanges are left out': '磁碟速度跟不上：部分交換未記錄',
  'the disk cannot keep up: bodies are left out': '磁碟速度跟不上：未保留主體',
  'recordings cannot be written: {}': '無法寫入記錄：{*}',
  'what goes on would be lost with this process: {}': '若此程序結束，進行中的交換將會遺失：{*}',
  'old recordings cannot be removed: {}': '無法移除舊記錄：{*}',
  'exchanges that went on when the engine ended could not be ended yet: {}':
    '引擎結束時仍在進行的交換，目前還無法寫入結尾：{*}',
  'the store thread failed: {}': '記錄執行緒失敗：{*}',
  'kept in memory: {}': '只保留在記憶體中：{*}',
  'this runtime has no node:sqlite': '此執行環境沒有 node:sqlite',
  'kept in a temporary directory, because {} cannot be used: {}': '保留在暫存目錄中，因為無法使用 {}：{*}',
  '{} records into the same directory': '{*}正在記錄到同一目錄',
  'another process (pid {})': '另一個程序（pid {}）',
  'another process': '另一個程序',
  'the index of recordings could not be read ({}); it was moved to {}': '無法讀取記錄索引（{}）；已移到 {}',
  'the engine ended before this exchange did': '引擎在此交換結束前就已結束',
  'its end could not be recorded: the disk did not take it': '無法記錄它的結束：磁碟未能寫入',
  'the store thread did not start': '記錄執行緒沒有啟動',
  'the store is closed': '記錄儲存區已關閉',
  'the index of recordings was missing; {} exchanges were found again': '找不到記錄索引；已找回 {} 個交換',
  '{} recorded exchanges cannot be read: their files are cut off or missing':
    '有 {} 個已記錄的交換無法讀取：其檔案不完整或遺失',
  'it was dropped again: more than capture keeps': '隨即被移除：超過 capture 保留的數量',
  'without bodies: {}': '未保留主體：{*}',
  'nothing was written: {}': '未寫入任何內容：{*}',
  'the disk is full; make room on it, or clear the list': '磁碟已滿；請騰出空間，或清空清單',
  'no space left on device': '磁碟空間已滿',
  'database or disk is full': '資料庫或磁碟已滿',
};
