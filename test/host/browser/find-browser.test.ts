import { describe, expect, it } from 'vitest';
import { findBrowser } from '../../../proxy-engine/host/browser/find-browser.ts';

describe('the browser', () => {
  it.each<[platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, there: string[], found: string | null]>([
    ['linux', { PATH: '/usr/local/bin:/usr/bin' }, ['/usr/bin/chromium'], '/usr/bin/chromium'],
    ['linux', { PATH: '/usr/bin' }, ['/usr/bin/chromium', '/usr/bin/google-chrome'], '/usr/bin/google-chrome'],
    ['linux', {}, ['/usr/bin/chromium'], null],
    ['linux', { PATH: '/usr/bin', SWITCHYARD_BROWSER: '/opt/mine' }, ['/usr/bin/chromium', '/opt/mine'], '/opt/mine'],
    ['linux', { PATH: '/usr/bin', SWITCHYARD_BROWSER: '/opt/mine' }, ['/usr/bin/chromium'], null],
    [
      'darwin',
      {},
      ['/Applications/Brave Browser.app/Contents/MacOS/Brave Browser'],
      '/Applications/Brave Browser.app/Contents/MacOS/Brave Browser',
    ],
    [
      'win32',
      { PROGRAMFILES: 'P' },
      ['P/Microsoft/Edge/Application/msedge.exe'],
      'P/Microsoft/Edge/Application/msedge.exe',
    ],
  ])('on %s with %j of %j is %s', (platform, environment, there, found) => {
    expect(findBrowser(platform, environment, (file) => there.includes(file))).toBe(found);
  });
});
