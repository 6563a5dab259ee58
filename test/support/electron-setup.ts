import { type ChildProcess, spawn } from 'node:child_process';
import { electronRuntime } from './electron-runtime.ts';

/** Runs once before the Electron tests: fetches the runtime, and gives it a screen where there is none. */
export async function setup(): Promise<() => void> {
  process.env.ELECTRON_OVERRIDE_DIST_PATH = electronRuntime();
  if (process.env.DISPLAY) return () => {};
  const { screen, display } = await startScreen();
  process.env.DISPLAY = display;
  return () => void screen.kill();
}

/** An X server without a monitor, on the first display number that is free. */
async function startScreen(): Promise<{ screen: ChildProcess; display: string }> {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
  const screen = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string>((resolve, reject) => {
    screen.once('error', reject);
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code}`)));
    screen.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  return { screen, display: `:${number}` };
}
