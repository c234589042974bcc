/**
 * axios as CommonJS: one file, where its ES modules are 65, which take Node twice as long to find, read and link. An `import` of that
 * file would be slower still, since Node searches it for names first. Bundlers follow the `require` as any other.
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- `import ... = require(...)` is no syntax where only types are looked at.
const axios = require('axios') as typeof import('axios');

export = { Axios: axios.Axios };
