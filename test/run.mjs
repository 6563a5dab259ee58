// `npm test`: brings what the tests need, runs every check and every test, and ends with what failed and `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = join(root, 'node_modules/.bin');
const results = join(root, '.cache/test-results');

/** Debian package by the program that the tests call. */
const TOOLS = {
  chromium: 'chromium',
  '7za': 'p7zip-full',
  Xvfb: 'xvfb',
  xauth: 'xauth',
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  tinyproxy: 'tinyproxy-bin',
  microsocks: 'microsocks',
  caddy: 'caddy',
  wrk: 'wrk',
  nghttp: 'nghttp2-client',
  curl: 'curl',
  wget: 'wget',
  openssl: 'openssl',
  python3: 'python3',
  'redis-server': 'redis-server',
  etcd: 'etcd-server',
  'firefox-esr': 'firefox-esr',
  certutil: 'libnss3-tools',
  ps: 'procps',
  lsof: 'lsof',
  protoc: 'protobuf-compiler',
};

/** Debian package by a file of it, where there is no program. */
const LIBRARIES = {
  '/usr/include/google/protobuf/any.proto': 'libprotobuf-dev',
  '/usr/lib/python3/dist-packages/httpbin/core.py': 'python3-httpbin',
  '/usr/lib/python3/dist-packages/prometheus_client/parser.py': 'python3-prometheus-client',
};

/** Each counts as one. */
const CHECKS = [
  ['oxlint', 'oxlint', []],
  ['biome', 'biome', ['check', '.']],
  ['types', 'tsc', ['-b']],
  ['knip', 'knip', []],
  ['build', 'electron-vite', ['build', '--logLevel', 'warn']],
];

const SUITES = ['unit', 'e2e', 'electron'];

let passed = 0;
/** What failed, a line each: `suite › file › test: the first line of its message`. */
const failures = [];
process.chdir(root);
// Programs of the dependencies, and their Node, before the system's.
process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
installTools();
for (const [name, program, args] of CHECKS) check(name, program, args);
for (const suite of SUITES) test(suite);
console.log();
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

function check(name, program, args) {
  heading(name);
  if (run(join(bin, program), args)) passed++;
  else failures.push(`check › ${name}`);
}

/** Adds what the suite counted; a suite that could not count is one failure. */
function test(suite) {
  heading(`${suite} tests`);
  const file = join(results, `${suite}.json`);
  rmSync(file, { force: true });
  const succeeded = run(join(bin, 'vitest'), ['run', '--project', suite], { ...process.env, TEST_RESULTS: file });
  const counted = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failures: [] };
  passed += counted.passed;
  for (const { name, message } of counted.failures) failures.push(`${suite} › ${name}: ${message}`);
  if (!succeeded && counted.failures.length === 0) failures.push(`${suite} › it did not come to its end`);
}

function installTools() {
  const missing = [
    ...Object.entries(TOOLS).filter(([program]) => !isInstalled(program)),
    ...Object.entries(LIBRARIES).filter(([file]) => !existsSync(file)),
  ];
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  const command = `apt-get install -y --no-install-recommends -o Acquire::Retries=3 ${packages.join(' ')}`;
  heading(command);
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    console.error(`${missing.map(([program]) => program).join(', ')} cannot be found; as root: ${command}`);
    process.exit(2);
  }
  const installed = withoutServices(() => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return (
      run('apt-get', ['update', '-qq', '-o', 'Acquire::Retries=3'], env) &&
      run(command.split(' ')[0], command.split(' ').slice(1), env)
    );
  });
  if (!installed) process.exit(2);
}

/** The servers are for tests to start: Debian's policy file keeps them from being started as services. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy);
  }
}

function isInstalled(program) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.some((directory) => isExecutable(join(directory, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(program, args, env = process.env) {
  return spawnSync(program, args, { stdio: 'inherit', env }).status === 0;
}

function heading(text) {
  console.log(`\n── ${text}`);
}
