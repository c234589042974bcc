import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import resolve from '@rollup/plugin-node-resolve';

const NOT_THERE = [/^@nestjs\/(microservices|platform-express|websockets)/, /^class-(transformer|validator)/];

export default {
  input: 'main.mjs',
  output: {
    file: 'rollup-bundle.mjs',
    format: 'esm',
    inlineDynamicImports: true,
    banner:
      "import { createRequire as requireOfBanner } from 'node:module'; const require = requireOfBanner(import.meta.url);",
  },
  plugins: [
    resolve({ exportConditions: ['node'], preferBuiltins: true }),
    commonjs({ ignoreDynamicRequires: true, ignore: (id) => NOT_THERE.some((name) => name.test(id)) }),
    json(),
  ],
  onwarn: () => undefined,
};
