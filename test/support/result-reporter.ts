import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

interface Failure {
  /** `file › describe › test`; of an error outside of tests: what it is. */
  name: string;
  /** The first line of the error. */
  message: string;
}

type Errors = ReadonlyArray<{ message: string }>;

/** Writes what a run of tests came to into `file`, as JSON: `npm test` adds up its suites by it. */
export class ResultReporter implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: Errors): void {
    const passed = modules.reduce((sum, { children }) => sum + [...children.allTests('passed')].length, 0);
    const failures = [...modules.flatMap(failuresOf), ...failed('an error outside of tests', unhandled)];
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify({ passed, failures }));
  }
}

/** Of its tests, of what is done before and after them, and of the file itself. */
function failuresOf(module: TestModule): Failure[] {
  const file = relative(process.cwd(), module.moduleId);
  const named = ({ fullName }: TestSuite | TestCase): string => `${file} › ${fullName.replaceAll(' > ', ' › ')}`;
  return [
    ...failed(file, module.errors()),
    ...[...module.children.allSuites()].flatMap((suite) => failed(named(suite), suite.errors())),
    ...[...module.children.allTests('failed')].map((test) => failureOf(named(test), test.result().errors?.[0])),
  ];
}

function failed(name: string, errors: Errors): Failure[] {
  return errors.map((error) => failureOf(name, error));
}

function failureOf(name: string, error?: { message: string }): Failure {
  return { name, message: error?.message.split('\n')[0] ?? '' };
}
