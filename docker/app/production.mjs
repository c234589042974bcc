// Makes package.json that of the sample application: what the package needs, its peers, and the HTTP platform, in the
// ranges this repository is developed with. `npm install` then keeps the versions of package-lock.json.
import { readFileSync, writeFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { dependencies, peerDependencies, devDependencies } = manifest;
const application = [...Object.keys(peerDependencies), '@nestjs/platform-express'];
manifest.dependencies = {
  ...dependencies,
  ...Object.fromEntries(application.map((name) => [name, devDependencies[name]])),
};
delete manifest.peerDependencies;
delete manifest.peerDependenciesMeta;
delete manifest.devDependencies;
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
