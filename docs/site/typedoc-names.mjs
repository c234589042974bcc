import { Converter } from 'typedoc';

const PACKAGE = 'nestjs-prometheus-pushgateway';

/** Modules are called by what users import: TypeDoc calls them by their files. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = module.name === 'index' ? PACKAGE : `${PACKAGE}/${module.name.replace(/\/index$/, '')}`;
    }
  });
}
