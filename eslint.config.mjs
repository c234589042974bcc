import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

const SCRIPTS = ['**/*.{js,mjs,cjs}'];
const TYPESCRIPT = ['**/*.{ts,tsx,mts,cts}'];
const TESTS = ['test/{unit,search,integration,conformance,servers,package,types}/**/*.ts'];

export default defineConfig(
  { ignores: ['dist/', 'api/', 'coverage/', 'docs/site/build/', 'test/package/consumers/**/node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  { rules: { eqeqeq: 'error' } },
  {
    files: TYPESCRIPT,
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A number in a message is printed as one means it; objects, null and undefined stay refused.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // NestJS modules are empty classes under a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // NestJS declares options as classes and documents them as literals: `NestFactory.create(AppModule, { logger: false })`.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // With noUncheckedIndexedAccess a value known to be there needs an assertion: `as Type` says which; the strict
      // rules refuse the `!` that this stylistic rule asks for.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A verb without labels has another `this`, which this rule takes for a parameter.
      '@typescript-eslint/unified-signatures': ['error', { ignoreDifferentlyNamedParameters: true }],
      // In CommonJS (*.cts) there is no other way.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      // An underscore marks what a contract brings along, or what a pattern takes only to leave it out.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
    },
  },
  {
    files: ['lib/**/*.{ts,tsx}'],
    rules: {
      // A library speaks through NestJS' Logger and errors, and leaves the end of the process to its owner.
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Set process.exitCode: others may have something to finish.' },
        { object: 'process', property: 'abort', message: 'The process belongs to the application.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...['process', 'node:process'].map((name) => ({ name, importNames: ['exit', 'abort'] })),
            {
              name: '@nestjs/common',
              importNames: ['Logger'],
              message: 'Take PackageLogger: what servers and labels say holds characters that a terminal obeys.',
            },
          ],
        },
      ],
    },
  },
  {
    files: TESTS,
    extends: [jest.configs['flat/recommended']],
    rules: {
      // waitFor fails with a message of its own: it asserts. So do functions named expect...
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'waitFor'] }],
      'jest/no-conditional-expect': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
      'jest/no-standalone-expect': 'error',
      'jest/valid-expect': 'error',
      'jest/valid-title': 'error',
      // Jest's matchers (`expect.any`, `expect.stringContaining`) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // A generator that stands in for a stream is asynchronous though it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Jest's own version of the rule knows that `expect(object.method)` calls nothing.
      '@typescript-eslint/unbound-method': 'off',
      'jest/unbound-method': 'error',
    },
  },
  {
    // Suites that several test files run.
    files: ['test/conformance/*.conformance.ts'],
    rules: { 'jest/no-export': 'off' },
  },
  {
    // No tsconfig holds them: scripts, and the applications that try out the packed package elsewhere.
    files: [...SCRIPTS, 'test/package/consumers/**', 'test/projects/overlays/**'],
    extends: [typescript.configs.disableTypeChecked],
    rules: { 'jest/unbound-method': 'off' },
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', fetch: 'readonly' },
    },
  },
  {
    // In the browser.
    files: ['sample-app/page/public/*.js'],
    languageOptions: {
      globals: { document: 'readonly', EventSource: 'readonly', setInterval: 'readonly', fetch: 'readonly' },
    },
  },
  {
    files: ['**/*.cjs', 'test/package/consumers/jest/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
  {
    files: ['test/package/consumers/jest/*.spec.js'],
    languageOptions: { globals: { it: 'readonly', expect: 'readonly', jest: 'readonly' } },
  },
  prettier,
);
