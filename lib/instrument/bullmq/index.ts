import { PackageLogger } from '../../log/package-logger.js';
import type { BullmqInstrumentOptions } from '../../options/index.js';
import type { Instrument } from '../instrument.js';
import { BullApplication } from './application.js';
import { measureDepths } from './depths.js';
import { JobMeter } from './job-meter.js';
import type { BullWorker } from './shapes.js';
import { listenToWorkers, type WorkerListener } from './worker-events.js';

/** Counts the jobs of all workers of BullMQ, and how many there are in which state. */
export const measureBullmq: Instrument<BullmqInstrumentOptions> = (options, { metrics, modules, whenStarted }) => {
  const application = new BullApplication(modules);
  const meter = new JobMeter(metrics, options);
  /** Workers that have told something, and are not closed. */
  const living = new Set<BullWorker>();
  /** One that was closed by force may still tell of errors, of jobs that it has not waited for. */
  const closed = new WeakSet<BullWorker>();
  const listener: WorkerListener = {
    application: modules,
    owns: (worker) => application.owns(worker),
    hear: (worker, event, values) => {
      if (event === 'closed') closed.add(worker);
      if (closed.has(worker)) living.delete(worker);
      else living.add(worker);
      meter.hear(worker, event, values);
    },
  };
  const { workerClass } = options;
  const classes = new Set([...application.workerClasses(), ...(workerClass ? [workerClass] : [])]);
  const ends = [...classes].map((each) => listenToWorkers(each, listener));
  whenStarted(() => {
    const hasQueues = application.queues().length > 0;
    // A process without queues would take the turn to read them from those that have some.
    if (hasQueues) measureDepths(metrics, application);
    if (classes.size === 0) tellOfNoWorkers(hasQueues);
  });
  return async () => {
    // Nest closes them in this hook too, before or after. What they finish until then is counted.
    try {
      const hosted = application.hostedWorkers().map((worker) => worker.close());
      await Promise.allSettled([...hosted, ...[...living].map(({ closing }) => closing)]);
    } finally {
      for (const end of ends) end();
    }
  };
};

function tellOfNoWorkers(hasQueues: boolean): void {
  const logger = new PackageLogger();
  const why = 'this application imports no BullModule of @nestjs/bullmq, and workerClass is not given';
  if (hasQueues) logger.log(`instrument.bullmq shows how many jobs there are, and counts none: ${why}`);
  else logger.warn(`instrument.bullmq measures nothing: ${why}`);
}
