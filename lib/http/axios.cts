/**
 * axios as CommonJS: one file, where its ES modules are 65, which take Node twice as long to find, read and link. An `import` of that
 * file would be slower still, since Node searches it for names first. Bundlers follow the `require` as any other.
 */
import axios = require('axios');

export = { Axios: axios.Axios };
