// What Electron's own default app does with `electron [-r module] <directory>`: loads the app that is there.
const { app } = require('electron');
const path = require('node:path');

const args = process.argv.slice(1);
const required = [];
while (args.length > 0 && args[0].startsWith('-')) {
  const flag = args.shift();
  if (flag === '-r' || flag === '--require') required.push(args.shift());
}
process.defaultApp = true;
for (const file of required) require(file);

const directory = path.resolve(args[0] ?? '.');
const { name, productName, version } = require(path.join(directory, 'package.json'));
app.name = productName ?? name;
if (version) app.setVersion(version);
if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', path.join(app.getPath('appData'), app.name));
app.setAppPath(directory);
require(directory);
