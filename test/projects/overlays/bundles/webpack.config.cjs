const webpack = require('webpack');

/** As Nest's own documentation has it for serverless functions: what Nest loads only if it is there. */
const NOT_THERE = [
  '@nestjs/microservices',
  '@nestjs/microservices/microservices-module',
  '@nestjs/platform-express',
  '@nestjs/websockets/socket-module',
  'class-transformer',
  'class-transformer/storage',
  'class-validator',
];

module.exports = {
  entry: './main.mjs',
  mode: 'production',
  target: 'node',
  optimization: { minimize: false },
  output: { path: __dirname, filename: 'webpack-bundle.cjs' },
  // Webpack takes no `import()` for one that may fail, if it is to be in the same file.
  externals: process.env.WITHOUT_IOREDIS ? { ioredis: 'commonjs ioredis' } : {},
  plugins: [new webpack.IgnorePlugin({ checkResource: (resource) => NOT_THERE.includes(resource) })],
};
