/** The built app in a real Electron: once with the engine as it ships, once with the engine in a Node of its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answeredBy, type Backend, send, startBackend } from '../../support/backend.ts';
import { gatewayConfig, scriptedRule } from '../../support/configs.ts';
import { type Desktop, openDesktop } from '../../support/desktop.ts';
import { killEngine } from '../../support/engine-pid.ts';
import { freePort } from '../../support/free-port.ts';

describe.each(['utility', 'node'] as const)('with the engine in a %s process', (engine) => {
  let backends: Backend[] = [];
  let desktop: Desktop;
  let gateway = '';
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-script-'));

  beforeAll(async () => {
    backends = await Promise.all(['a', 'b'].map((name) => startBackend(name)));
    gateway = `127.0.0.1:${await freePort()}`;
    const config = gatewayConfig(gateway, backends) + scriptedRule(directory);
    desktop = await openDesktop({ config, engine });
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await desktop?.close();
    await Promise.all(backends.map((backend) => backend.close()));
  });

  test('the window shows every backend of the config', async () => {
    for (const name of ['a', 'b']) await desktop.page.getByRole('article', { name: `api/${name}` }).waitFor();
    await expect.poll(() => desktop.page.title()).toContain('Switchyard');
  });

  test('the page has what it was given and nothing else', async () => {
    const reach = await desktop.page.evaluate(() => ({
      desktop: Object.keys(window.desktop ?? {}).sort(),
      node: ['require', 'process', 'Buffer', 'module'].filter((name) => name in globalThis),
      origin: location.origin,
    }));
    const functions = ['onCommand', 'onEngineStatus', 'platform', 'setLanguage'];
    expect(reach.desktop).toEqual(engine === 'node' ? ['channel', ...functions] : functions);
    expect(reach.node).toEqual([]);
    expect(reach.origin).toBe('app://switchyard');
  });

  test('a switch takes its backend out and puts it back', async () => {
    expect(new Set(await answeredBy(gateway, 4))).toEqual(new Set(['a', 'b']));
    const switchOf = desktop.page.getByRole('article', { name: 'api/a' }).getByRole('switch');
    await switchOf.click();
    await desktop.page.getByRole('article', { name: 'api/a' }).getByText('maint').first().waitFor();
    expect(new Set(await answeredBy(gateway, 4))).toEqual(new Set(['b']));
    await switchOf.click();
    await expect.poll(async () => new Set(await answeredBy(gateway, 4)).size).toBe(2);
  });

  test('an exchange appears', async () => {
    await send(gateway, '/orders?page=2');
    await desktop.page.getByRole('option').filter({ hasText: '/orders?page=2' }).waitFor();
  });

  test('a script of a rule runs in its sandbox', async () => {
    await expect.poll(async () => (await send(gateway, '/scripted')).headers['x-by-script']).toBe('GET');
  });

  test('a killed engine is started again, and the window says so', async () => {
    const said = desktop.page.getByRole('status').getByText(/restart 1 of 5/i);
    for (let n = 1; n <= 20; n++) await send(gateway, `/kept/${n}`);
    const row = (n: number) => desktop.page.getByRole('option', { name: `/kept/${n}`, exact: false }).last();
    await row(20).waitFor();
    await Promise.all([said.waitFor(), killEngine(desktop.app)]);
    await said.waitFor({ state: 'hidden' });
    // An Electron whose Node has no SQLite records in memory.
    if (engine === 'node') for (const n of [1, 20]) await row(n).waitFor();
    await expect.poll(async () => (await send(gateway)).status).toBe(200);
    await desktop.page.getByRole('article', { name: 'api/a' }).getByRole('switch').click();
    await expect.poll(async () => new Set(await answeredBy(gateway, 4)).size).toBe(1);
  });

  test('what the page made is saved where a person says; nothing else is fetched', async () => {
    const file = join(directory, 'saved.txt');
    await desktop.app.evaluate(({ session }, path) => {
      const asked: unknown[] = [];
      const paths: unknown[] = [];
      Object.assign(globalThis, { asked, paths });
      session.defaultSession.on('will-download', (event, item) => {
        asked.push([event.defaultPrevented, item.getSaveDialogOptions().title]);
        paths.push(item.getSaveDialogOptions().defaultPath);
        item.setSavePath(path);
      });
    }, file);
    await desktop.page.evaluate(() => {
      const link = document.createElement('a');
      link.download = 'rules.yaml';
      for (const url of [URL.createObjectURL(new Blob(['version: 1'])), 'data:text/plain,foreign']) {
        link.href = url;
        link.click();
      }
    });
    // Each is asked when its first bytes are there, which may be in either order.
    await expect
      .poll(() => desktop.app.evaluate(() => (globalThis as unknown as { asked: unknown[][] }).asked.toSorted()))
      .toEqual([
        [false, 'Save rules.yaml'],
        [true, ''],
      ]);
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toBe('version: 1');
    await expect
      .poll(async () => {
        await desktop.page.evaluate(() => {
          const link = document.createElement('a');
          Object.assign(link, { download: 'next.yaml', href: URL.createObjectURL(new Blob(['version: 1'])) }).click();
        });
        return desktop.app.evaluate(() => (globalThis as unknown as { paths: string[] }).paths.at(-1));
      })
      .toBe(join(directory, 'next.yaml'));
  });

  test('Undo and Redo of the menu act on the text that has the focus', async () => {
    const choose = (label: string) =>
      desktop.app.evaluate(({ Menu }, wanted) => {
        const below = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []);
        below?.find((item) => item.label === wanted)?.click();
      }, label);
    await desktop.page.getByRole('button', { name: 'Rules', exact: true }).click();
    const yaml = desktop.page.locator('.cm-content');
    const name = desktop.page.locator('form').getByLabel('Name');
    for (const [field, read] of [
      [yaml, () => yaml.innerText()],
      [name, () => name.inputValue()],
    ] as const) {
      await field.click();
      await desktop.page.keyboard.type('Typed');
      await expect.poll(read).toContain('Typed');
      await choose('Undo');
      await expect.poll(read).not.toContain('Typed');
      await choose('Redo');
      await expect.poll(read).toContain('Typed');
      await choose('Undo');
    }
  });

  test('the native menu speaks as the window does, and knows no other language', async () => {
    const menus = () => desktop.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label));
    expect(await menus()).toContain('Traffic');
    await desktop.page.evaluate(() => {
      window.desktop?.setLanguage('zh-TW');
      window.desktop?.setLanguage('constructor' as 'en');
    });
    await expect.poll(menus).toContain('流量');
  });

  test('who closes the window is asked when something is typed and not saved', async () => {
    await desktop.page.evaluate(() =>
      addEventListener('beforeunload', (event) => event.preventDefault(), { once: true }),
    );
    const asked = await desktop.app.evaluate(({ BrowserWindow, dialog }) => {
      const [window] = BrowserWindow.getAllWindows();
      return new Promise((resolve) => {
        dialog.showMessageBoxSync = (...given: unknown[]) => {
          setImmediate(() => resolve({ said: given.at(-1), isOpen: window?.isDestroyed() === false }));
          return 1;
        };
        window?.close();
      });
    });
    expect(asked).toMatchObject({ said: { buttons: ['關閉', '取消'] }, isOpen: true });
  });

  test('a terminal that was closed takes no messages any more, and that is no error', async () => {
    await desktop.app.evaluate(() => process.stderr.emit('error', new Error('write EPIPE')));
  });

  test('the page complained of nothing', () => {
    expect(desktop.complaints.filter((text) => !text.includes('WebSocket connection'))).toEqual([]);
  });

  // After all others with the page: a refused navigation leaves the driver waiting for it to end.
  test('the page cannot leave, open windows or fetch from elsewhere', async () => {
    await desktop.app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
    });
    const outcome = await desktop.page.evaluate(async (address) => {
      const opened = window.open(address);
      const fetched = await fetch(address).then(
        () => 'fetched',
        () => 'refused',
      );
      location.href = address;
      return { opened: opened === null, fetched };
    }, `http://${gateway}/`);
    expect(outcome).toEqual({ opened: true, fetched: 'refused' });
    const windows = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
    );
    expect(windows).toEqual(['app://switchyard/']);
  });

  // The driver knows the page no more: it is looked at through main.
  test('a page whose process died is loaded again', async () => {
    const articles = () =>
      desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.querySelectorAll("article").length'),
      );
    await desktop.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const loaded = new Promise((resolve) => contents?.once('did-finish-load', () => resolve(null)));
      contents?.forcefullyCrashRenderer();
      return loaded;
    });
    await expect.poll(articles).toBe(2);
  });
});
